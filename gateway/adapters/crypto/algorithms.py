"""The algorithms that are accepted in keys, certificates and signatures; everything else is refused.

Allow-lists only, after ETSI TS 119 312: RSA of 2048 bits or more, P-256 and P-384, SHA-256 or better.
"""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from gateway.domain.errors import ErrorKind, GatewayError

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

# A larger key would only make the gateway work for whoever sends it.
RSA_BITS = range(2048, 8193)
CURVES = ("secp256r1", "secp384r1")

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENC = "http://www.w3.org/2001/04/xmlenc#"
XML_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    ENC + "sha256": hashes.SHA256,
    MORE + "sha384": hashes.SHA384,
    ENC + "sha512": hashes.SHA512,
}
XML_RSA: dict[str, type[hashes.HashAlgorithm]] = {
    MORE + "rsa-sha256": hashes.SHA256,
    MORE + "rsa-sha384": hashes.SHA384,
    MORE + "rsa-sha512": hashes.SHA512,
}
XML_ECDSA: dict[str, type[hashes.HashAlgorithm]] = {
    MORE + "ecdsa-sha256": hashes.SHA256,
    MORE + "ecdsa-sha384": hashes.SHA384,
    MORE + "ecdsa-sha512": hashes.SHA512,
}


def accepted_key(key: object) -> PublicKey:
    """The key itself, if its type and size are allowed; raises GatewayError(ALGORITHM_REFUSED)."""
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES:
        return key
    raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "keys are RSA of 2048 to 8192 bits, P-256 or P-384")


def xml_digest(uri: str, data: bytes) -> bytes:
    """Digest by its XML Signature URI; raises GatewayError(ALGORITHM_REFUSED)."""
    if uri not in XML_DIGESTS:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, uri[:100])
    state = hashes.Hash(XML_DIGESTS[uri]())
    state.update(data)
    return state.finalize()


def verify_xml_signature(key: PublicKey, uri: str, signature: bytes, data: bytes) -> None:
    """Verify a SignatureValue (ECDSA: r and s side by side, XML Signature 1.1 clause 6.4.3).

    Raises GatewayError(ALGORITHM_REFUSED), and cryptography's InvalidSignature.
    """
    if isinstance(key, rsa.RSAPublicKey) and uri in XML_RSA:
        key.verify(signature, data, padding.PKCS1v15(), XML_RSA[uri]())
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and uri in XML_ECDSA:
        key.verify(der_signature(key, signature), data, ec.ECDSA(XML_ECDSA[uri]()))
        return
    raise GatewayError(ErrorKind.ALGORITHM_REFUSED, uri[:100])


def der_signature(key: ec.EllipticCurvePublicKey, raw: bytes) -> bytes:
    """DER form of a raw r||s of exactly twice the curve's size; raises GatewayError(SIGNATURE_INVALID)."""
    size = (key.curve.key_size + 7) // 8
    if len(raw) != 2 * size:
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the ECDSA signature has another size than its curve")
    return utils.encode_dss_signature(int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big"))
