"""The algorithms that are accepted in keys, certificates and signatures; everything else is refused.

Allow-lists only, after ETSI TS 119 312: RSA of 2048 bits or more, P-256 and P-384, SHA-256 or better.
"""

from collections.abc import Callable

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
# RSASSA-PSS without parameters: MGF1 and salt by the digest itself (RFC 9231 clause 2.3.10).
PSS = "http://www.w3.org/2007/05/xmldsig-more#"
XML_RSA_PSS: dict[str, type[hashes.HashAlgorithm]] = {
    PSS + "sha256-rsa-MGF1": hashes.SHA256,
    PSS + "sha384-rsa-MGF1": hashes.SHA384,
    PSS + "sha512-rsa-MGF1": hashes.SHA512,
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
    xml_verifier(key, uri)(signature, data)


def xml_verifier(key: PublicKey, uri: str) -> Callable[[bytes, bytes], None]:
    """What verifies (signature, data) as `verify_xml_signature` does, for one that verifies often."""
    if isinstance(key, rsa.RSAPublicKey) and uri in XML_RSA:
        digest, fill = XML_RSA[uri](), padding.PKCS1v15()
        return lambda signature, data: key.verify(signature, data, fill, digest)
    if isinstance(key, rsa.RSAPublicKey) and uri in XML_RSA_PSS:
        hashed = XML_RSA_PSS[uri]()
        pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        return lambda signature, data: key.verify(signature, data, pss, hashed)
    if isinstance(key, ec.EllipticCurvePublicKey) and uri in XML_ECDSA:
        scheme = ec.ECDSA(XML_ECDSA[uri]())
        return lambda signature, data: key.verify(der_signature(key, signature), data, scheme)
    raise GatewayError(ErrorKind.ALGORITHM_REFUSED, uri[:100])


def xml_signature(key: PublicKey, signature: bytes) -> bytes:
    """A signature as a `Signer` gives it, as SignatureValue holds it (ECDSA: r and s side by side).

    Raises GatewayError(SIGNATURE_INVALID) when an ECDSA signature is not DER, or of another curve.
    """
    if isinstance(key, rsa.RSAPublicKey):
        return signature
    size = (key.curve.key_size + 7) // 8
    try:
        r, s = utils.decode_dss_signature(signature)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    except (ValueError, OverflowError):
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the key's answer is no ECDSA signature") from None


def der_signature(key: ec.EllipticCurvePublicKey, raw: bytes) -> bytes:
    """DER form of a raw r||s of exactly twice the curve's size; raises GatewayError(SIGNATURE_INVALID)."""
    size = (key.curve.key_size + 7) // 8
    if len(raw) != 2 * size:
        raise GatewayError(ErrorKind.SIGNATURE_INVALID, "the ECDSA signature has another size than its curve")
    return utils.encode_dss_signature(int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big"))
