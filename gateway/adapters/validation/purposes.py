"""What a certificate is for: signing documents, or time-stamping (clause 5.2.6).

A certificate of others that names no purpose may sign; one that names purposes must name a fitting one.
"""

from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.adapters.crypto.certificates import DOCUMENT_SIGNING
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.verdict import Refusal
from gateway.domain.validation import SubIndication

# Purposes that fit a seal. An issuer's certificate under our root is for authentication, and does not.
SEAL_PURPOSES = {
    DOCUMENT_SIGNING,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
    x509.ObjectIdentifier("1.2.840.113583.1.1.5"),
}
Kind = TypeVar("Kind", bound=x509.ExtensionType)


def check_signer(certificate: Certificate) -> None:
    """Raises Refusal(CHAIN_CONSTRAINTS_FAILURE) unless it may sign documents."""
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes is not None and not SEAL_PURPOSES & set(purposes.value):
        raise _refused("the certificate is not for signing documents")
    _check_end_entity(certificate)


def check_authority(certificate: Certificate) -> None:
    """Time-stamping, critical and alone (RFC 3161 clause 2.3); raises Refusal(CHAIN_CONSTRAINTS_FAILURE)."""
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if (
        purposes is None
        or not purposes.critical
        or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]
    ):
        raise _refused("the certificate is not for time-stamping alone")
    _check_end_entity(certificate)


def _check_end_entity(certificate: Certificate) -> None:
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not (usage.value.digital_signature or usage.value.content_commitment):
        raise _refused("the certificate may not sign")
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.value.ca:
        raise _refused("the certificate is an authority's")


def _extension(certificate: Certificate, kind: type[Kind]) -> "x509.Extension[Kind] | None":
    try:
        return certificate.parsed.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def _refused(why: str) -> Refusal:
    return Refusal(SubIndication.CHAIN_CONSTRAINTS_FAILURE, why)
