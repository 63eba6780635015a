"""Revocation of every certificate of a path, from the operator's lists, OCSP and distribution points; kept.

What an answer says is verified by `revocation_list` and `ocsp`. Nobody waits for the network while there is
an answer that still holds, except one caller for a first look at what has become old.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from gateway.adapters.crypto import ocsp, revocation_list
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.revocation_files import LOOK_EVERY, ListFiles
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.revocation_proof import Proof, Unusable
from gateway.adapters.crypto.trust import CertifiedPath, der, name
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)

DEFAULT_AGE = timedelta(hours=1)
# An authority that does not answer is not asked again at every seal.
PAUSE = timedelta(seconds=10)
REMEMBERED = 256
NONCE_OCTETS = 16
# RFC 9608: an authority says that it will never revoke this one.
NO_REVOCATION = ObjectIdentifier("2.5.29.56")

Pair = tuple[x509.Certificate, x509.Certificate]
Spawn = Callable[[Callable[[], object]], None]


def in_background(work: Callable[[], object]) -> None:
    """Run it in a thread that does not keep the process alive."""
    threading.Thread(target=work, name="revocation", daemon=True).start()


@dataclass(slots=True)
class _Kept:
    """The last good answer about one certificate, with who is fetching the next."""

    lock: threading.Lock
    proof: Proof | None = None
    asked: datetime | None = None
    failed: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Gathered:
    path: CertifiedPath
    data: ValidationData
    until: datetime
    since: datetime
    files: object


class CachedRevocation:
    """The port `Revocation`. Answers are kept until their nextUpdate, and renewed once older than `max_age`.

    Renewal begins in the background at three quarters of `max_age`. When it fails, the old answer counts
    until its nextUpdate. `spawn` runs the background work; `look_every` is how often, in seconds, the files
    are looked at.
    """

    def __init__(
        self,
        clock: Clock,
        files: Sequence[Path] = (),
        fetcher: Fetcher | None = None,
        *,
        max_age: timedelta = DEFAULT_AGE,
        spawn: Spawn = in_background,
        look_every: float = LOOK_EVERY,
    ) -> None:
        """Without a `fetcher` only the files are consulted."""
        self._clock = clock
        self._files = ListFiles(files, look_every)
        self._fetcher = fetcher
        self._max_age = max_age
        self._spawn = spawn
        self._kept: dict[Pair, _Kept] = {}
        # By the identity of the path, which the entry keeps alive: comparing certificates is slow.
        self._gathered: dict[int, _Gathered] = {}
        self._lock = threading.Lock()

    def gather(self, path: CertifiedPath, at: datetime) -> ValidationData:
        """As the port says; the same object again while nothing has changed."""
        now, files = self._clock.now(), self._files.state()
        known = self._gathered.get(id(path))
        if known and known.files is files and known.since <= now < known.until:
            return known.data
        proofs = [self._proof(subject, issuer, now) for subject, issuer in _pairs(path)]
        for (subject, _), proof in zip(_pairs(path), proofs, strict=True):
            if proof.revoked_by(at):
                raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, f"{name(subject)}: it is revoked")
        data = _together(path, proofs)
        if known and known.data == data:
            data = known.data
        if not any(proof.revoked_at for proof in proofs):
            until = min([now + self._max_age / 4, *(proof.good_until for proof in proofs)])
            self._remember(path, _Gathered(path, data, until, now, files))
        return data

    def lists(self) -> tuple[bytes, ...]:
        """The operator's lists, DER, whatever they say and of whom."""
        return self._files.octets()

    def _remember(self, path: CertifiedPath, gathered: _Gathered) -> None:
        with self._lock:
            if len(self._gathered) >= REMEMBERED:
                self._gathered.clear()
            self._gathered[id(path)] = gathered

    def _proof(self, subject: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Proof:
        """The operator's lists first, for they cost nothing; then what was fetched, then the network."""
        own = self._files.proof(subject, issuer, now)
        if own is not None:
            return own
        kept = self._entry((subject, issuer))
        proof = kept.proof
        good = proof if proof is not None and proof.current(now) else None
        age = now - kept.asked if kept.asked is not None else None
        if good is not None and age is not None and age < self._max_age:
            if age >= self._max_age * 3 / 4 and not _paused(kept, now):
                self._spawn(lambda: self._renew(kept, (subject, issuer), now, wait=False))
            return good
        renewed = self._renew(kept, (subject, issuer), now, wait=good is None) or good
        if renewed is None:
            detail = f"{name(subject)}: no current revocation list or OCSP answer"
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, detail)
        return renewed

    def _entry(self, pair: Pair) -> _Kept:
        with self._lock:
            if len(self._kept) >= REMEMBERED and pair not in self._kept:
                self._kept.clear()
            return self._kept.setdefault(pair, _Kept(threading.Lock()))

    def _renew(self, kept: _Kept, pair: Pair, now: datetime, *, wait: bool) -> Proof | None:
        """Ask anew, one caller at a time; None when another is asking already, or nothing came."""
        before = kept.asked
        if not kept.lock.acquire(blocking=wait):
            return None
        try:
            if kept.asked != before and kept.proof is not None and kept.proof.current(now):
                return kept.proof
            if _paused(kept, now):
                return None
            found = self._ask(*pair, now)
            if found is None:
                kept.failed = now
            else:
                kept.proof, kept.asked, kept.failed = found, now, None
            return found
        finally:
            kept.lock.release()

    def _ask(
        self, subject: x509.Certificate, issuer: x509.Certificate, now: datetime, *, lists_only: bool = False
    ) -> Proof | None:
        for source in self._sources(subject, issuer, now, lists_only=lists_only):
            try:
                proof = source()
                if proof.current(now):
                    return proof
                raise Unusable("it is out of date")
            except Unusable as error:
                log.warning("revocation of %s: %s", name(subject), error)
        return None

    def _sources(
        self, subject: x509.Certificate, issuer: x509.Certificate, now: datetime, *, lists_only: bool
    ) -> Iterator[Callable[[], Proof]]:
        fetcher = self._fetcher
        if fetcher is None:
            return
        responder = ocsp.address(subject)
        if responder is not None and not lists_only:
            yield lambda: self._by_ocsp(fetcher, responder, subject, issuer, now)
        for url in revocation_list.addresses(subject):
            yield lambda url=url: revocation_list.read(  # type: ignore[misc]
                revocation_list.load(fetcher.crl(url)), subject, issuer
            )

    def _by_ocsp(
        self,
        fetcher: Fetcher,
        url: str,
        subject: x509.Certificate,
        issuer: x509.Certificate,
        now: datetime,
    ) -> Proof:
        nonce = secrets.token_bytes(NONCE_OCTETS)
        answer = fetcher.ocsp(url, ocsp.request(subject, issuer, nonce))

        def of_responder(responder: x509.Certificate, authority: x509.Certificate) -> Proof:
            """By a list only: asking the responder about itself would prove nothing."""
            found = self._files.proof(responder, authority, now)
            found = found or self._ask(responder, authority, now, lists_only=True)
            if found is None:
                raise Unusable("whether its responder was revoked cannot be told")
            return found

        return ocsp.read(answer, subject, issuer, now, of_responder, nonce)


def _paused(kept: _Kept, now: datetime) -> bool:
    return kept.failed is not None and kept.failed <= now < kept.failed + PAUSE


def _pairs(path: CertifiedPath) -> list[Pair]:
    return [pair for pair in pairwise(path.chain) if not _never_revoked(pair[0])]


def _never_revoked(subject: x509.Certificate) -> bool:
    return any(extension.oid == NO_REVOCATION for extension in subject.extensions)


def _together(path: CertifiedPath, proofs: Sequence[Proof]) -> ValidationData:
    data = ValidationData(tuple(sorted(map(der, path.chain))))
    for proof in proofs:
        data |= proof.data
    return data
