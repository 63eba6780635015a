"""Which algorithms can be computed here, and until when the policy believes each (clause 5.2.8).

What follows when one has ended depends on proofs of existence, and is decided where those are known.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.algorithms import ENC, MORE
from gateway.adapters.validation.verdict import UNREADABLE, Refusal
from gateway.domain.validation import SubIndication

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
# A larger key would only make us work for whoever sends it.
MOST_RSA_BITS = 8192

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
XML_DIGESTS = {
    DS + "sha1": "sha1",
    MORE + "sha224": "sha224",
    ENC + "sha256": "sha256",
    MORE + "sha384": "sha384",
    ENC + "sha512": "sha512",
    MORE_2007 + "sha3-256": "sha3-256",
    MORE_2007 + "sha3-384": "sha3-384",
    MORE_2007 + "sha3-512": "sha3-512",
}
XML_SIGNATURES = {
    DS + "rsa-sha1": ("rsa", "sha1"),
    **{f"{MORE}rsa-{name}": ("rsa", name) for name in ("sha224", "sha256", "sha384", "sha512")},
    **{f"{MORE_2007}{name}-rsa-MGF1": ("rsa-pss", name) for name in HASHES},
    **{f"{MORE}ecdsa-{name}": ("ecdsa", name) for name in HASHES},
}
CURVES = ("secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1")


@dataclass(frozen=True, slots=True)
class SignatureMethod:
    """How something is signed: `rsa` (PKCS#1 v1.5), `rsa-pss`, `ecdsa`; its digest; PSS's salt in octets."""

    scheme: str
    digest: str
    salt: int | None = None


def xml_digest_name(uri: str) -> str:
    """The digest's name in the policy; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE)."""
    if uri not in XML_DIGESTS:
        raise refused(f"the digest {uri[:100]}")
    return XML_DIGESTS[uri]


def xml_signature_method(uri: str) -> SignatureMethod:
    """The method; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE)."""
    if uri not in XML_SIGNATURES:
        raise refused(f"the signature algorithm {uri[:100]}")
    return SignatureMethod(*XML_SIGNATURES[uri])


def digest(name: str, data: bytes) -> bytes:
    """Digest by the policy's name."""
    return hashlib.new(name.replace("sha3-", "sha3_"), data, usedforsecurity=False).digest()


def digest_until(policy: AlgorithmPolicy, name: str) -> datetime:
    """When the digest ends; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE) when it was never accepted."""
    end = policy.digest_until(name)
    if end is None:
        raise refused(f"the digest {name}")
    return end


def method_until(policy: AlgorithmPolicy, method: SignatureMethod, key: object) -> datetime:
    """When the method ends with that key; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE)."""
    end = policy.signature_until(method.scheme, key_bits(key))
    if end is None:
        raise refused(f"{method.scheme} with {key_bits(key)} bits")
    return min(end, digest_until(policy, method.digest))


def key_bits(key: object) -> int:
    """Size of an RSA key, or of a key on a known curve; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE)."""
    if isinstance(key, rsa.RSAPublicKey) and key.key_size <= MOST_RSA_BITS:
        return key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES:
        return key.curve.key_size
    raise refused("keys are RSA of 8192 bits at most, or on a NIST or Brainpool curve")


def certificate_method(certificate: x509.Certificate) -> SignatureMethod:
    """How a certificate was signed; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE)."""
    try:
        algorithm = certificate.signature_hash_algorithm
        parameters = certificate.signature_algorithm_parameters
    except UNREADABLE:
        raise refused("the algorithm of a certificate") from None
    if algorithm is None or algorithm.name not in HASHES:
        raise refused("the algorithm of a certificate")
    if isinstance(parameters, ec.ECDSA):
        return SignatureMethod("ecdsa", algorithm.name)
    return SignatureMethod("rsa-pss" if isinstance(parameters, padding.PSS) else "rsa", algorithm.name)


def verify(key: object, method: SignatureMethod, signature: bytes, data: bytes, *, raw_ecdsa: bool) -> None:
    """Verify; `raw_ecdsa` is r||s as in XML Signature, else DER. Raises Refusal(SIG_CRYPTO_FAILURE)."""
    algorithm = HASHES[method.digest]() if method.digest in HASHES else None
    if algorithm is None:
        raise refused(f"signatures with {method.digest}")
    key_bits(key)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and method.scheme == "ecdsa":
            octets = _der_signature(key, signature) if raw_ecdsa else signature
            key.verify(octets, data, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey) and method.scheme in ("rsa", "rsa-pss"):
            key.verify(signature, data, _padding(method, algorithm), algorithm)
        else:
            raise Refusal(SubIndication.SIG_CRYPTO_FAILURE, "the key does not fit the algorithm")
    except (InvalidSignature, ValueError):
        raise Refusal(SubIndication.SIG_CRYPTO_FAILURE, "the signature value does not verify") from None


def refused(what: str) -> Refusal:
    """The refusal of an algorithm that is not accepted at any time."""
    return Refusal(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, f"not accepted: {what}")


def _padding(method: SignatureMethod, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if method.scheme == "rsa":
        return padding.PKCS1v15()
    salt = algorithm.digest_size if method.salt is None else method.salt
    return padding.PSS(padding.MGF1(algorithm), salt)


def _der_signature(key: ec.EllipticCurvePublicKey, raw: bytes) -> bytes:
    size = (key.curve.key_size + 7) // 8
    if len(raw) != 2 * size:
        raise ValueError("another size than its curve")
    return utils.encode_dss_signature(int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big"))
