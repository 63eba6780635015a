"""WS-Security signature of a request: X.509 token, Timestamp, and a signature over Body and Timestamp.

RSA-SHA256 or ECDSA with SHA-256 (P-256) or SHA-384 (P-384), exclusive C14N. It only signs: what comes
back from the gateway is protected by TLS, and evidence carries signatures of its own.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSSE = _OASIS + "wssecurity-secext-1.0.xsd"
_WSU = _OASIS + "wssecurity-utility-1.0.xsd"
_X509 = _OASIS + "x509-token-profile-1.0#X509v3"
_BASE64 = _OASIS + "soap-message-security-1.0#Base64Binary"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ID = f"{{{_WSU}}}Id"

LIFE = timedelta(minutes=5)


class UnsupportedKey(ValueError):
    """The key is neither RSA nor P-256 nor P-384, or does not belong to the certificate."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and its certificate, ready to sign any number of envelopes; safe to share by threads."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def from_pem(cls, key_pem: bytes, cert_pem: bytes, password: bytes | None = None) -> "Signer":
        """Read PEM octets; of a chain, the first certificate signs. Raises UnsupportedKey, ValueError."""
        key = load_pem_private_key(key_pem, password)
        certificate = x509.load_pem_x509_certificates(cert_pem)[0]
        curves = (ec.SECP256R1, ec.SECP384R1)
        known = isinstance(key, rsa.RSAPrivateKey) or (
            isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, curves)
        )
        if not known or key.public_key() != certificate.public_key():
            raise UnsupportedKey("an RSA, P-256 or P-384 key that belongs to the certificate is needed")
        assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)  # noqa: S101
        return cls(key, certificate)

    def sign(self, envelope: etree._Element, now: datetime | None = None) -> None:
        """Add wsse:Security to the envelope's Header (made if need be), in place."""
        soap = etree.QName(envelope).namespace
        body = envelope.find(f"{{{soap}}}Body")
        if body is None:
            raise ValueError("the envelope has no Body")
        security, timestamp, token_id = self._header(envelope, f"{{{soap}}}", now or datetime.now(UTC))
        body.set(_ID, _new_id("body"))
        signature = etree.SubElement(security, f"{{{_DS}}}Signature", nsmap={"ds": _DS})
        signed_info = self._signed_info(signature, [body, timestamp])
        value = etree.SubElement(signature, f"{{{_DS}}}SignatureValue")
        value.text = _base64(self._value(_canonical(signed_info)))
        key_info = etree.SubElement(signature, f"{{{_DS}}}KeyInfo")
        reference = etree.SubElement(key_info, f"{{{_WSSE}}}SecurityTokenReference")
        etree.SubElement(reference, f"{{{_WSSE}}}Reference", URI=f"#{token_id}", ValueType=_X509)

    def _header(
        self, envelope: etree._Element, soap: str, now: datetime
    ) -> tuple[etree._Element, etree._Element, str]:
        header = envelope.find(f"{soap}Header")
        if header is None:
            header = etree.Element(f"{soap}Header")
            envelope.insert(0, header)
        security = etree.SubElement(header, f"{{{_WSSE}}}Security", nsmap={"wsse": _WSSE, "wsu": _WSU})
        security.set(f"{soap}mustUnderstand", "1")
        token = etree.SubElement(
            security, f"{{{_WSSE}}}BinarySecurityToken", EncodingType=_BASE64, ValueType=_X509
        )
        token.set(_ID, _new_id("x509"))
        token.text = _base64(self.certificate.public_bytes(Encoding.DER))
        timestamp = etree.SubElement(security, f"{{{_WSU}}}Timestamp", {_ID: _new_id("time")})
        etree.SubElement(timestamp, f"{{{_WSU}}}Created").text = _instant(now)
        etree.SubElement(timestamp, f"{{{_WSU}}}Expires").text = _instant(now + LIFE)
        return security, timestamp, token.get(_ID, "")

    def _signed_info(self, signature: etree._Element, parts: list[etree._Element]) -> etree._Element:
        signed_info = etree.SubElement(signature, f"{{{_DS}}}SignedInfo")
        etree.SubElement(signed_info, f"{{{_DS}}}CanonicalizationMethod", Algorithm=_C14N)
        etree.SubElement(signed_info, f"{{{_DS}}}SignatureMethod", Algorithm=_MORE + self._method()[0])
        for part in parts:
            reference = etree.SubElement(signed_info, f"{{{_DS}}}Reference", URI=f"#{part.get(_ID)}")
            transforms = etree.SubElement(reference, f"{{{_DS}}}Transforms")
            etree.SubElement(transforms, f"{{{_DS}}}Transform", Algorithm=_C14N)
            etree.SubElement(reference, f"{{{_DS}}}DigestMethod", Algorithm=_SHA256)
            digest = etree.SubElement(reference, f"{{{_DS}}}DigestValue")
            digest.text = _base64(hashlib.sha256(_canonical(part)).digest())
        return signed_info

    def _method(self) -> tuple[str, hashes.HashAlgorithm]:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return "rsa-sha256", hashes.SHA256()
        if self.key.key_size > 256:
            return "ecdsa-sha384", hashes.SHA384()
        return "ecdsa-sha256", hashes.SHA256()

    def _value(self, octets: bytes) -> bytes:
        algorithm = self._method()[1]
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(octets, padding.PKCS1v15(), algorithm)
        size = (self.key.key_size + 7) // 8
        # XML Signature carries r and s side by side, not in DER.
        r, s = decode_dss_signature(self.key.sign(octets, ec.ECDSA(algorithm)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _new_id(prefix: str) -> str:
    # Fresh identifiers make two equal requests of one instant two messages, not a replay.
    return f"{prefix}-{secrets.token_hex(16)}"
