"""Compact JWS (RFC 7515) by the key that seals: header, claims and signature, with the certificate's digest.

The key stays behind the `Signer` port, in an HSM as well; so the three parts are put together here.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto.signer import SignatureAlgorithm, Signer, pinned

# RFC 7518, 3.1, with the octets of each ECDSA number (3.4); RSA signatures stay as they are.
NAMES = {
    SignatureAlgorithm.RSA_SHA256: ("RS256", 0),
    SignatureAlgorithm.RSA_PSS_SHA256: ("PS256", 0),
    SignatureAlgorithm.ECDSA_SHA256: ("ES256", 32),
    SignatureAlgorithm.ECDSA_SHA384: ("ES384", 48),
}


def signed_claims(signer: Signer, claims: Mapping[str, str | int]) -> str:
    """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the key's device does not answer."""
    key = pinned(signer)
    name, octets = NAMES[key.algorithm]
    certificate = hashlib.sha256(key.chain[0].public_bytes(Encoding.DER)).digest()
    header = {"alg": name, "typ": "JWT", "x5t#S256": _encoded(certificate)}
    text = ".".join(
        _encoded(json.dumps(each, separators=(",", ":")).encode()) for each in (header, dict(claims))
    )
    signature = key.sign(text.encode())
    if octets:
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(octets, "big") + s.to_bytes(octets, "big")
    return f"{text}.{_encoded(signature)}"


def _encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
