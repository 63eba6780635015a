"""Private keys and certificate chains from PEM files, checked when they are loaded.

Nothing of a key is ever put into an error or a log.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.adapters.crypto.algorithms import PrivateKey, accepted_key
from gateway.domain.errors import ErrorKind, GatewayError


@dataclass(frozen=True)
class KeyPair:
    """A private key with its certificate chain, leaf first, root left out or last."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]


def load(key_file: Path, chain_file: Path, password: bytes | None = None) -> KeyPair:
    """Load key and chain; raises GatewayError(CONFIGURATION) that names the file and what is wrong."""
    key = _key(_octets(key_file), key_file.name, password)
    try:
        chain = tuple(x509.load_pem_x509_certificates(_octets(chain_file)))
    except ValueError:
        raise _wrong(f"{chain_file.name} holds no PEM certificates") from None
    return pair(key, chain, chain_file.name)


def pair(key: PrivateKey, chain: tuple[x509.Certificate, ...], where: str) -> KeyPair:
    """Check that the key belongs to the first certificate and that each is issued by the next."""
    if chain[0].public_key() != key.public_key():
        raise _wrong(f"the key does not belong to the first certificate of {where}")
    for child, issuer in pairwise(chain):
        try:
            child.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            raise _wrong(f"the certificates of {where} are not in order, leaf first") from None
    return KeyPair(key, chain)


def _key(pem: bytes, where: str, password: bytes | None) -> PrivateKey:
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong(f"{where} is not a PEM private key, or its password is wrong") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise _wrong(f"{where}: keys are RSA, P-256 or P-384")
    try:
        accepted_key(key.public_key())
    except GatewayError as error:
        raise _wrong(f"{where}: {error.detail}") from None
    return key


def _octets(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _wrong(f"{file.name}: {error.strerror}") from None


def _wrong(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.CONFIGURATION, detail)
