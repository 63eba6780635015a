"""Certification paths: from a certificate to a configured anchor, at a given time (RFC 5280).

Path building is cryptography's; which keys and which use a certificate must have, the callers say.
Revocation is not consulted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from gateway.adapters.crypto.algorithms import accepted_key
from gateway.domain.errors import ErrorKind, GatewayError

MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class CertifiedPath:
    """A validated path, leaf first, and the span in which every certificate of it is valid (UTC)."""

    chain: tuple[x509.Certificate, ...]
    not_before: datetime
    not_after: datetime

    def covers(self, at: datetime) -> bool:
        """Whether no certificate of the path is too young or expired at that time."""
        return self.not_before <= at <= self.not_after


class Anchors:
    """The root certificates that somebody decided to trust."""

    def __init__(self, roots: Sequence[x509.Certificate]) -> None:
        if not roots:
            raise GatewayError(ErrorKind.CONFIGURATION, "there is no root certificate to trust")
        self.roots = tuple(roots)
        self._store = verification.Store(list(roots))

    @classmethod
    def from_pem(cls, pem: bytes) -> "Anchors":
        """Read one or several PEM certificates; raises GatewayError(CONFIGURATION)."""
        try:
            return cls(x509.load_pem_x509_certificates(pem))
        except ValueError:
            raise GatewayError(
                ErrorKind.CONFIGURATION, "the trusted roots are not PEM certificates"
            ) from None

    @classmethod
    def from_file(cls, path: Path) -> "Anchors":
        """Read a PEM file; raises GatewayError(CONFIGURATION), naming the file."""
        try:
            return cls.from_pem(path.read_bytes())
        except OSError as error:
            raise GatewayError(ErrorKind.CONFIGURATION, f"{path.name}: {error.strerror}") from None

    def path(
        self, leaf: x509.Certificate, intermediates: Sequence[x509.Certificate], at: datetime
    ) -> CertifiedPath:
        """Build and validate the path of `leaf` at `at`; raises GatewayError(CERTIFICATE_REFUSED)."""
        accepted_key(leaf.public_key())
        # The leaf's purpose is checked by whoever knows it: time-stamping, sealing, WS-Security.
        policies = (
            verification.ExtensionPolicy.webpki_defaults_ca(),
            verification.ExtensionPolicy.permit_all(),
        )
        verifier = (
            verification.PolicyBuilder()
            .store(self._store)
            .time(at)
            .max_chain_depth(MAX_DEPTH)
            .extension_policies(ca_policy=policies[0], ee_policy=policies[1])
            .build_client_verifier()
        )
        try:
            chain = verifier.verify(leaf, list(intermediates)).chain
        except (verification.VerificationError, ValueError) as error:
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, f"{name(leaf)}: {error}") from None
        return CertifiedPath(
            tuple(chain),
            max(member.not_valid_before_utc for member in chain),
            min(member.not_valid_after_utc for member in chain),
        )


def name(certificate: x509.Certificate) -> str:
    """The subject for people to read (RFC 4514)."""
    return certificate.subject.rfc4514_string()


def der(certificate: x509.Certificate) -> bytes:
    """The certificate's DER octets."""
    return certificate.public_bytes(Encoding.DER)
