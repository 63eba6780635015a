"""The port through which everything is signed, so that a key may lie out of reach (HSM, remote service).

A signature is made in three phases: a format prepares the octets to be signed, a `Signer` signs them, the
format assembles the result. Formats never see a key.
"""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from cryptography import x509


class SignatureAlgorithm(Enum):
    """What a key signs with: its XML Signature URI, and the digest that it begins with."""

    RSA_SHA256 = ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "sha256", "rsa")
    RSA_PSS_SHA256 = ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", "sha256", "rsa-pss")
    ECDSA_SHA256 = ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "sha256", "ecdsa")
    ECDSA_SHA384 = ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "sha384", "ecdsa")

    @property
    def uri(self) -> str:
        return self.value[0]

    @property
    def digest(self) -> str:
        """Its name in hashlib."""
        return self.value[1]

    @property
    def scheme(self) -> str:
        """Its name in the algorithm policy."""
        return self.value[2]


class Signer(Protocol):
    """One key with its certificate chain, leaf first. Safe across threads."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]: ...
    @property
    def algorithm(self) -> SignatureAlgorithm: ...
    def sign(self, data: bytes) -> bytes:
        """Sign `data`, digesting it: RSA as the integer's octets, ECDSA in DER (RFC 3279).

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the key's device or service does not answer.
        """


def pinned(signer: Signer) -> Signer:
    """The one key that a whole signature is made with, however the configured keys change meanwhile."""
    # Asking for the attribute, not for a protocol: this happens at every seal.
    current: Callable[[], Signer] | None = getattr(signer, "current", None)
    return signer if current is None else current()
