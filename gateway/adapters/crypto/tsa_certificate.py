"""What a time-stamping certificate must be (RFC 3161 clause 2.3); nothing about tokens."""

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.adapters.crypto.algorithms import accepted_key
from gateway.domain.errors import ErrorKind, GatewayError


def check_purpose(certificate: x509.Certificate) -> None:
    """Extended key usage critical, time-stamping and nothing else.

    Raises GatewayError: CERTIFICATE_REFUSED, ALGORITHM_REFUSED.
    """
    accepted_key(certificate.public_key())
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        raise _refused("has no extended key usage") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise _refused("is not for time-stamping alone")
    try:
        bits = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (bits.digital_signature or bits.content_commitment):
        raise _refused("may not sign")


def _refused(why: str) -> GatewayError:
    return GatewayError(ErrorKind.CERTIFICATE_REFUSED, f"the time-stamping certificate {why}")
