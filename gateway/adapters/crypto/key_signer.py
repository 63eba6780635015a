"""A `Signer` over a private key in this process's memory (PEM or PKCS#12 files)."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.signer import SignatureAlgorithm

P384_BITS = 384


class KeySigner:
    """Signs with SHA-256 (P-384: SHA-384); RSA by PKCS#1 v1.5, or by PSS if asked for."""

    def __init__(self, pair: KeyPair, *, pss: bool = False) -> None:
        self._key = pair.key
        self.chain: tuple[x509.Certificate, ...] = pair.chain
        self.algorithm = algorithm_of(pair, pss=pss)

        self._ecdsa = ec.ECDSA(
            hashes.SHA384() if self.algorithm is SignatureAlgorithm.ECDSA_SHA384 else hashes.SHA256()
        )

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, self._ecdsa)
        digest = hashes.SHA256()
        if self.algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
            return self._key.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
        return self._key.sign(data, padding.PKCS1v15(), digest)


def algorithm_of(pair: KeyPair, *, pss: bool = False) -> SignatureAlgorithm:
    """What a key signs with."""
    return algorithm_for(pair.certificate.public_key(), pss=pss)


def algorithm_for(public: object, *, pss: bool = False) -> SignatureAlgorithm:
    """What the key of a certificate signs with."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        wide = public.curve.key_size == P384_BITS
        return SignatureAlgorithm.ECDSA_SHA384 if wide else SignatureAlgorithm.ECDSA_SHA256
    return SignatureAlgorithm.RSA_PSS_SHA256 if pss else SignatureAlgorithm.RSA_SHA256
