"""Revocation lists that the operator keeps as files, read anew when they change.

A file that is missing or broken is named in the log and proves nothing; what follows is decided elsewhere.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto import revocation_list
from gateway.adapters.crypto.revocation_list import List
from gateway.adapters.crypto.revocation_proof import Proof, Unusable

log = logging.getLogger(__name__)

Mark = tuple[int, int, int]
State = tuple[Mark | None, ...]
# Seconds between two looks at the files: sealing goes on hundreds of times a second.
LOOK_EVERY = 1.0


class ListFiles:
    """Lists in PEM or DER, one a file. Safe across threads."""

    def __init__(
        self,
        files: Sequence[Path],
        look_every: float = LOOK_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = tuple(files)
        self._look_every = look_every
        self._monotonic = monotonic
        self._state: State = ()
        self._looked = float("-inf")
        self._read: tuple[State, tuple[List, ...]] = ((), ())

    def state(self) -> State:
        """Time, size and place of each file: the same object again while no file has changed."""
        moment = self._monotonic()
        if moment - self._looked >= self._look_every:
            found = tuple(map(_mark, self._files))
            if found != self._state:
                self._state = found
            self._looked = moment
        return self._state

    def proof(self, subject: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Proof | None:
        """The newest current answer that the files give; None when they give none."""
        found = [proof for crl in self._lists() if (proof := _proof(crl, subject, issuer)) is not None]
        current = [proof for proof in found if proof.current(now)]
        if found and not current:
            log.warning("the revocation list of %s is out of date", issuer.subject.rfc4514_string())
        return max(current, key=lambda proof: proof.this_update, default=None)

    def octets(self) -> tuple[bytes, ...]:
        """Every list that can be read, DER."""
        return tuple(crl.public_bytes(Encoding.DER) for crl in self._lists())

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
