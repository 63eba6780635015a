"""The allow-list of signature and digest algorithms of incoming WS-Security signatures.

Anything that is not in these tables is refused by name; nothing is negotiated and nothing is guessed.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import Certificate

from gateway.adapters.crypto.algorithms import RSA_BITS, XML_DIGESTS, XML_ECDSA, XML_RSA
from gateway.domain.errors import ErrorKind, GatewayError

_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"

MINIMUM_RSA_BITS, MAXIMUM_RSA_BITS = RSA_BITS[0], RSA_BITS[-1]
DIGESTS, RSA, ECDSA = XML_DIGESTS, XML_RSA, XML_ECDSA
RSA_PSS: dict[str, type[hashes.HashAlgorithm]] = {
    _MORE_2007 + "sha256-rsa-MGF1": hashes.SHA256,
    _MORE_2007 + "sha384-rsa-MGF1": hashes.SHA384,
    _MORE_2007 + "sha512-rsa-MGF1": hashes.SHA512,
}
SIGNATURES = RSA | RSA_PSS | ECDSA
CURVES = (ec.SECP256R1, ec.SECP384R1)


def digest(uri: str, octets: bytes) -> bytes:
    """Digest by the algorithm's URI; raises GatewayError(ALGORITHM_REFUSED), SHA-1 included."""
    algorithm = DIGESTS.get(uri)
    if algorithm is None:
        raise _refused("DigestMethod", uri, DIGESTS)
    work = hashes.Hash(algorithm())
    work.update(octets)
    return work.finalize()


def check_signature(certificate: Certificate, uri: str, signature: bytes, signed: bytes) -> None:
    """Verify XML Signature 1.1 octets with the certificate's key.

    Raises GatewayError: ALGORITHM_REFUSED (method, key size or curve), SIGNATURE_INVALID.
    """
    if uri not in SIGNATURES:
        raise _refused("SignatureMethod", uri, SIGNATURES)
    try:
        _verifier(certificate, uri)(signature, signed)
    except InvalidSignature:
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, "SignatureValue") from None


def _verifier(certificate: Certificate, uri: str) -> Callable[[bytes, bytes], None]:
    try:
        key = certificate.public_key()
    except ValueError:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the certificate's key cannot be read") from None
    algorithm = SIGNATURES[uri]()
    if isinstance(key, rsa.RSAPublicKey) and uri not in ECDSA:
        return _rsa_verifier(key, uri, algorithm)
    if isinstance(key, ec.EllipticCurvePublicKey) and uri in ECDSA:
        return _ecdsa_verifier(key, algorithm)
    raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "SignatureMethod does not fit the certificate's key")


def _rsa_verifier(
    key: rsa.RSAPublicKey, uri: str, algorithm: hashes.HashAlgorithm
) -> Callable[[bytes, bytes], None]:
    if not MINIMUM_RSA_BITS <= key.key_size <= MAXIMUM_RSA_BITS:
        raise GatewayError(
            ErrorKind.ALGORITHM_REFUSED,
            f"RSA keys have {MINIMUM_RSA_BITS} to {MAXIMUM_RSA_BITS} bits, this one has {key.key_size}",
        )
    scheme: padding.AsymmetricPadding = padding.PKCS1v15()
    if uri in RSA_PSS:
        # RFC 9231, 2.3.10: the mask uses the same digest and the salt is as long as the digest.
        scheme = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
    return lambda signature, signed: key.verify(signature, signed, scheme, algorithm)


def _ecdsa_verifier(
    key: ec.EllipticCurvePublicKey, algorithm: hashes.HashAlgorithm
) -> Callable[[bytes, bytes], None]:
    if not isinstance(key.curve, CURVES):
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "elliptic curves are P-256 and P-384")
    size = (key.curve.key_size + 7) // 8

    def verify(signature: bytes, signed: bytes) -> None:
        # XML Signature 1.1, 6.4.3: r and s side by side, each as long as the curve's order.
        if len(signature) != 2 * size:
            raise InvalidSignature
        r, s = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(algorithm))

    return verify


def _refused(what: str, uri: str, allowed: dict[str, type[hashes.HashAlgorithm]]) -> GatewayError:
    names = ", ".join(name.rpartition("#")[2] for name in allowed)
    given = uri.rpartition("#")[2][:64] or "none"
    return GatewayError(ErrorKind.ALGORITHM_REFUSED, f"{what} {given}; allowed: {names}")
