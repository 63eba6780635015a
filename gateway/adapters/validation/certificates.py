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
MOST_OCTETS = 32_768


@dataclass(frozen=True, slots=True)
class Certificate:
    """One X.509 certificate. `subject` and `issuer` are DER names; `title` is for people.

    `key_id` and `issuer_key_id` are what it says of its own key and its issuer's; empty when it does not.
    """

    der: bytes
    parsed: x509.Certificate = field(compare=False)
    subject: bytes = field(compare=False)
    issuer: bytes = field(compare=False)
    sha256: bytes = field(compare=False)
    title: str = field(compare=False)
    key_id: bytes = field(compare=False)
    issuer_key_id: bytes = field(compare=False)

    def may_be_issued_by(self, issuer: "Certificate") -> bool:
        """By names, and by the identifiers of keys where both state them; no signature is verified."""
        stated = self.issuer_key_id and issuer.key_id
        return issuer.subject == self.issuer and not (stated and self.issuer_key_id != issuer.key_id)


def certificate(octets: bytes) -> Certificate:
    """Parse one; raises what the library raises (UNREADABLE)."""
    parsed = x509.load_der_x509_certificate(octets)
    # Read now what later code reads, so that a broken one is never taken up.
    _ = parsed.public_key(), parsed.signature_algorithm_oid
    return Certificate(
        octets,
        parsed,
        parsed.subject.public_bytes(),
        parsed.issuer.public_bytes(),
        sha256(octets).digest(),
        name(parsed),
        *_key_ids(parsed),
    )


def _key_ids(parsed: x509.Certificate) -> tuple[bytes, bytes]:
    own, issuer = b"", b""
    for extension in parsed.extensions:
        if isinstance(extension.value, x509.SubjectKeyIdentifier):
            own = extension.value.digest
        elif isinstance(extension.value, x509.AuthorityKeyIdentifier):
            issuer = extension.value.key_identifier or b""
    return own, issuer


class Certificates:
    """Remembers parsed certificates, so that those of every evidence are parsed once. Bounded."""

    def __init__(self) -> None:
        self._known: dict[bytes, Certificate | None] = {}

    def get(self, octets: bytes) -> Certificate | None:
        """The certificate, or None when it cannot be read or is larger than any honest one."""
        if len(octets) > MOST_OCTETS:
            return None
        try:
            return self._known[octets]
        except KeyError:
            found = _read(octets)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[octets] = found
        return found

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
