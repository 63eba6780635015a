"""A certificate that somebody else made, read whole: what cannot be read fails here, and nowhere later."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def read_certificate(octets: bytes) -> x509.Certificate:
    """Raises ValueError for whatever is no certificate (DER), or one of which a part cannot be read."""
    try:
        found = x509.load_der_x509_certificate(octets)
        _ = found.public_key(), found.extensions, found.signature_algorithm_oid
        _ = found.subject.rfc4514_string(), found.issuer.rfc4514_string()
        _ = found.not_valid_before_utc, found.not_valid_after_utc
    except UNREADABLE:
        raise ValueError("no readable certificate") from None
    return found
