"""DKIM signatures (RFC 6376; Ed25519 by RFC 8463) over a composed mail: who vouches for it, and that nobody
changed it on its way. It sends nothing, and shows the private key to nobody.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# From twice: nobody can add a second one that is shown instead (RFC 6376, section 8.15).
SIGNED = (
    *("from", "from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("content-transfer-encoding", "auto-submitted"),
)
RELAXED = (b"relaxed", b"relaxed")
MIN_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A domain's signing key. `algorithm` is that of the signature's `a=`; `public` goes into the DNS."""

    domain: str
    selector: str
    algorithm: str
    public: str
    private: bytes = field(repr=False)

    @classmethod
    def read(cls, pem: bytes, domain: str, selector: str) -> "DkimKey":
        """Raises ValueError for anything but Ed25519 or RSA of 2048 bits or more, unencrypted."""
        try:
            key = serialization.load_pem_private_key(pem, None)
        except (TypeError, ValueError):
            raise ValueError("is no unencrypted private key in PEM") from None
        if isinstance(key, Ed25519PrivateKey):
            public, private = key.public_key().public_bytes_raw(), base64.b64encode(key.private_bytes_raw())
            return cls(domain, selector, "ed25519-sha256", _text(public), private)
        if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_RSA_BITS:
            raise ValueError(f"must be Ed25519, or RSA of {MIN_RSA_BITS} bits or more")
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        return cls(domain, selector, "rsa-sha256", _text(public), private)

    @property
    def record(self) -> tuple[str, str]:
        """Name and text of the TXT record that receivers verify with (RFC 6376, section 3.6.1)."""
        kind = self.algorithm.partition("-")[0]
        return f"{self.selector}._domainkey.{self.domain}", f"v=DKIM1; k={kind}; p={self.public}"

    def sign(self, octets: bytes, at: datetime) -> bytes:
        """The same octets with the signature's header before them; the same at the same second."""
        mail = _Dated(octets, str(int(at.timestamp())).encode())
        names = {bytes(name).lower().decode("ascii") for name, _ in mail.headers}
        header: bytes = mail.sign(
            self.selector.encode(),
            self.domain.encode(),
            self.private,
            self.algorithm.encode(),
            canonicalize=RELAXED,
            include_headers=[name.encode() for name in SIGNED if name in names],
        )
        return header + octets


class _Dated(dkim.DKIM):  # type: ignore[misc]  # The library has no types.
    """With the signature's time given: the library would ask the machine for it."""

    def __init__(self, octets: bytes, at: bytes) -> None:
        super().__init__(octets)
        self._at = at

    def gen_header(self, fields: list[tuple[bytes, bytes]], *rest: Any, **named: Any) -> Any:
        dated = [(name, self._at if name == b"t" else value) for name, value in fields]
        return super().gen_header(dated, *rest, **named)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
