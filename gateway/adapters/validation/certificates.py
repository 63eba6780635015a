"""Certificates as they are compared here: by their octets, with the names that chain them, parsed once.

Nothing is trusted for being held; paths are judged elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography import x509

from gateway.adapters.crypto.trust import der, name
from gateway.adapters.validation.verdict import UNREADABLE

MOST = 1000


@dataclass(frozen=True, slots=True)
class Certificate:
    """One X.509 certificate. `subject` and `issuer` are DER names; `title` is for people."""

    der: bytes
    parsed: x509.Certificate = field(compare=False)
    subject: bytes = field(compare=False)
    issuer: bytes = field(compare=False)
    sha256: bytes = field(compare=False)
    title: str = field(compare=False)


def certificate(octets: bytes) -> Certificate:
    """Parse one; raises what the library raises (UNREADABLE)."""
    parsed = x509.load_der_x509_certificate(octets)
    # Read now what later code reads, so that a broken one is never taken up.
    _ = parsed.extensions, parsed.public_key(), parsed.signature_algorithm_oid
    return Certificate(
        octets,
        parsed,
        parsed.subject.public_bytes(),
        parsed.issuer.public_bytes(),
        sha256(octets).digest(),
        name(parsed),
    )


class Certificates:
    """Remembers parsed certificates, so that those of every evidence are parsed once. Bounded."""

    def __init__(self) -> None:
        self._known: dict[bytes, Certificate | None] = {}

    def get(self, octets: bytes) -> Certificate | None:
        """The certificate, or None when it cannot be read."""
        if octets not in self._known:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[octets] = _read(octets)
            return self._known.get(octets) or _read(octets)
        return self._known.get(octets)

    def readable(self, many: Iterable[bytes]) -> tuple[Certificate, ...]:
        """Those that can be read, each once, in their order."""
        found = (self.get(octets) for octets in dict.fromkeys(many))
        return tuple(each for each in found if each is not None)

    def of(self, parsed: x509.Certificate) -> Certificate:
        """The same for a certificate that is parsed already; raises ValueError."""
        found = self.get(der(parsed))
        if found is None:
            raise ValueError("a certificate cannot be read")
        return found


def _read(octets: bytes) -> Certificate | None:
    try:
        return certificate(octets)
    except UNREADABLE:
        return None
