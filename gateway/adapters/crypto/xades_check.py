"""The cryptographic core of a seal: both references and the signature value, by a given certificate.

Whether that certificate is trusted, and when it signed, is decided by the caller.
"""

from hashlib import sha256
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature

from gateway.adapters.crypto.algorithms import PublicKey, verify_xml_signature, xml_digest
from gateway.adapters.crypto.xades_read import XadesParts, canonical
from gateway.domain.errors import ErrorKind, GatewayError


def check_signature(parts: XadesParts, key: PublicKey, certificate: bytes) -> bytes:
    """Verify everything that is signed and return the canonical octets of the document without signature.

    `key` is that of `certificate` (DER). The signature is taken out of the tree that `parts` came from
    and put back. Raises GatewayError:
    SIGNATURE_INVALID, ALGORITHM_REFUSED.
    """
    try:
        verify_xml_signature(key, parts.algorithm, parts.value, canonical(parts.signed_info))
    except InvalidSignature:
        raise _invalid("the signature value does not verify") from None
    algorithm, stated = parts.certificate_digests[0]
    if not compare_digest(xml_digest(algorithm, certificate), stated):
        raise _invalid("SigningCertificateV2 names another certificate")
    properties = parts.properties
    octets = canonical(parts.signed_properties)
    if not compare_digest(xml_digest(properties.digest_algorithm, octets), properties.digest):
        raise _invalid("the signed properties were changed")
    return _content(parts)


def signature_digest(parts: XadesParts) -> bytes:
    """SHA-256 of the canonical SignatureValue: what the time-stamp must be of."""
    return sha256(canonical(parts.signature_value)).digest()


def _content(parts: XadesParts) -> bytes:
    if parts.signature.tail:
        raise _invalid("there is text after the signature")
    parts.root.remove(parts.signature)
    octets = canonical(parts.root)
    parts.root.append(parts.signature)
    if not compare_digest(xml_digest(parts.document.digest_algorithm, octets), parts.document.digest):
        raise _invalid("the document was changed")
    return octets


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, why)
