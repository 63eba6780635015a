"""Biometric samples locked for the depositary: CMS EnvelopedData, AES-256-CBC, RSAES-OAEP with SHA-256.

RFC 5652 clause 6, RFC 3560 and RFC 3565; `openssl cms -decrypt` opens it with the depositary's key, which is
never here. That a sample was not altered is told by its digest in the sealed evidence.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto.algorithms import accepted_key
from gateway.domain.errors import ErrorKind, GatewayError

KEY_OCTETS, BLOCK_OCTETS = 32, 16
_DIGEST = {"algorithm": "sha256", "parameters": core.Null()}
_OAEP = {"hash_algorithm": _DIGEST, "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": _DIGEST}}


@dataclass(frozen=True, slots=True)
class CmsDepositary:
    """Locks for one RSA certificate. It may have ended: what matters is who holds its key."""

    certificate: x509.Certificate
    key: rsa.RSAPublicKey

    @classmethod
    def from_file(cls, file: Path) -> "CmsDepositary":
        """The first certificate of a PEM file; raises GatewayError(CONFIGURATION), naming what is wrong."""
        try:
            certificate = x509.load_pem_x509_certificate(file.read_bytes())
            key = accepted_key(certificate.public_key())
        except (OSError, ValueError, GatewayError):
            raise _wrong(f"{file.name} is no certificate of a depositary in PEM") from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise _wrong(f"{file.name}: the depositary's key is RSA")
        if not _enciphers(certificate):
            raise _wrong(f"{file.name}: the depositary's certificate is not for key encipherment")
        return cls(certificate, key)

    @property
    def certificate_sha256(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def seal(self, octets: bytes) -> bytes:
        key, iv = os.urandom(KEY_OCTETS), os.urandom(BLOCK_OCTETS)
        content = {
            "content_type": "data",
            "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": core.OctetString(iv)},
            "encrypted_content": _encrypted(key, iv, octets),
        }
        enveloped = cms.EnvelopedData(
            {
                "version": "v0",
                "recipient_infos": [cms.RecipientInfo(name="ktri", value=self._recipient(key))],
                "encrypted_content_info": content,
            }
        )
        locked: bytes = cms.ContentInfo({"content_type": "enveloped_data", "content": enveloped}).dump()
        return locked

    def _recipient(self, key: bytes) -> cms.KeyTransRecipientInfo:
        digest = hashes.SHA256()
        oaep = padding.OAEP(mgf=padding.MGF1(digest), algorithm=digest, label=None)
        known = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        who = cms.IssuerAndSerialNumber({"issuer": known.issuer, "serial_number": known.serial_number})
        return cms.KeyTransRecipientInfo(
            {
                "version": "v0",
                "rid": cms.RecipientIdentifier(name="issuer_and_serial_number", value=who),
                "key_encryption_algorithm": {
                    "algorithm": "rsaes_oaep",
                    "parameters": algos.RSAESOAEPParams(_OAEP),
                },
                "encrypted_key": self.key.encrypt(key, oaep),
            }
        )


class NoDepositary:
    """Where none is configured: nothing biometric can be taken."""

    certificate_sha256 = ""

    def seal(self, octets: bytes) -> bytes:  # noqa: ARG002 - the port's signature; nothing is taken.
        raise _wrong("[depositary] certificate: without one no biometric sample can be locked")


def _encrypted(key: bytes, iv: bytes, octets: bytes) -> bytes:
    padder, cipher = PKCS7(BLOCK_OCTETS * 8).padder(), Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return cipher.update(padder.update(octets) + padder.finalize()) + cipher.finalize()


def _enciphers(certificate: x509.Certificate) -> bool:
    """A certificate without the extension is for everything (RFC 5280 clause 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(usage.key_encipherment)


def _wrong(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.CONFIGURATION, detail)
