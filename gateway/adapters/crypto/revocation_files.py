"""Revocation lists that the operator keeps as files, read anew when they change.

A file that is missing or broken is named in the log and proves nothing; what follows is decided elsewhere.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509

from gateway.adapters.crypto import revocation_list
from gateway.adapters.crypto.revocation_list import List
from gateway.adapters.crypto.revocation_proof import Proof, Unusable

log = logging.getLogger(__name__)

Mark = tuple[int, int, int]


class ListFiles:
    """Lists in PEM or DER, one a file. Safe across threads."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self._read: tuple[tuple[Mark | None, ...], tuple[List, ...]] = ((), ())

    def state(self) -> tuple[Mark | None, ...]:
        """What changes whenever a file does: time, size and place of each."""
        return tuple(map(_mark, self._files))

    def proof(self, subject: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Proof | None:
        """The newest current answer that the files give; None when they give none."""
        found = [proof for crl in self._lists() if (proof := _proof(crl, subject, issuer)) is not None]
        current = [proof for proof in found if proof.current(now)]
        if found and not current:
            log.warning("the revocation list of %s is out of date", issuer.subject.rfc4514_string())
        return max(current, key=lambda proof: proof.this_update, default=None)

    def _lists(self) -> tuple[List, ...]:
        state = self.state()
        if self._read[0] != state:
            self._read = (state, tuple(crl for file in self._files if (crl := _load(file)) is not None))
        return self._read[1]


def _load(file: Path) -> List | None:
    try:
        return revocation_list.load(file.read_bytes())
    except OSError as error:
        log.warning("revocation list %s: %s", file.name, error.strerror)
    except Unusable as error:
        log.warning("revocation list %s: %s", file.name, error)
    return None


def _proof(crl: List, subject: x509.Certificate, issuer: x509.Certificate) -> Proof | None:
    if crl.issuer != issuer.subject:
        return None
    try:
        return revocation_list.read(crl, subject, issuer)
    except Unusable as error:
        log.warning("revocation list of %s: %s", issuer.subject.rfc4514_string(), error)
        return None


def _mark(file: Path) -> Mark | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
