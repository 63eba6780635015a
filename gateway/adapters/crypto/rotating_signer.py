"""Several sealing keys in order of preference: the first that may seal now does.

Whether a key may seal is checked as for every seal: dates, algorithm, revocation. Loading keys, and noticing
that they changed, is the work of their sources.
"""

import logging
from collections.abc import Sequence
from typing import Protocol

from cryptography import x509

from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.seal_key import SealKey, SealTrust
from gateway.adapters.crypto.signer import SignatureAlgorithm, Signer
from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)


class KeySource(Protocol):
    """Where one key is; `name` is for logs."""

    @property
    def name(self) -> str: ...
    def signer(self) -> Signer:
        """The same object while the key stays the same. Raises GatewayError."""


class RotatingSigner:
    """A `Signer` that is always the first of `sources` which may seal; safe across threads.

    A whole signature is made with `current()`, or by `signer.pinned`: from one call to the next, the other
    properties may be of another key.
    """

    def __init__(self, sources: Sequence[KeySource], trust: SealTrust, clock: Clock) -> None:
        """Raises GatewayError(CONFIGURATION) when none of the keys can be loaded, the first one's."""
        self._sources = tuple(sources)
        self._trust = trust
        self._clock = clock
        self._keys: dict[str, SealKey] = {}
        self._sealing = ""
        self._refused: dict[str, str] = {}
        self._check_loading()

    def current(self) -> Signer:
        """The key that seals now.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE (a device or revocation data that should be there
        are not, or no key can be loaded), CERTIFICATE_REFUSED, ALGORITHM_REFUSED (the first key's).
        """
        now, refusals = self._clock.now(), []
        for source in self._sources:
            try:
                key = self._key(source)
                key.check(now)
            except GatewayError as error:
                # What may come back is waited for: switching keys would hide that something is down.
                if error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE:
                    raise
                self._note_refusal(source.name, error)
                refusals.append(error)
            else:
                self._note_sealing(source.name, key)
                return key.signer
        first = next((each for each in refusals if each.kind is not ErrorKind.CONFIGURATION), None)
        raise first or GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "no sealing key can be loaded")

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return self.current().chain

    @property
    def algorithm(self) -> SignatureAlgorithm:
        return self.current().algorithm

    def sign(self, data: bytes) -> bytes:
        return self.current().sign(data)

    def _key(self, source: KeySource) -> SealKey:
        signer = source.signer()
        known = self._keys.get(source.name)
        if known is None or known.signer is not signer:
            known = self._keys[source.name] = SealKey(signer, self._trust)
        return known

    def _check_loading(self) -> None:
        errors = []
        for source in self._sources:
            try:
                self._key(source)
            except GatewayError as error:
                errors.append(error)
        wrong = [error for error in errors if error.kind is ErrorKind.CONFIGURATION]
        if wrong and len(errors) == len(self._sources):
            raise wrong[0]

    def _note_sealing(self, name: str, key: SealKey) -> None:
        self._refused.pop(name, None)
        if self._sealing != key.sha256:
            self._sealing = key.sha256
            log.info("sealing with key %s, certificate %s (SHA-256 %s)", name, key.subject, key.sha256)

    def _note_refusal(self, name: str, error: GatewayError) -> None:
        """Once for each reason, not at every seal."""
        if self._refused.get(name) != error.detail:
            self._refused[name] = error.detail
            log.warning("sealing key %s may not seal: %s", name, error.detail)
