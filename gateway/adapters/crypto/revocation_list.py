"""Certificate revocation lists: whether one is about a certificate, and what it says (RFC 5280 clause 6.3).

Only complete lists by the certificate's own issuer count: neither delta nor indirect lists, nor lists of
some reasons. Where lists come from is not known here.
"""

from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from gateway.adapters.crypto.algorithms import PublicKey
from gateway.adapters.crypto.revocation_proof import Proof, Unusable, check_hash, may
from gateway.adapters.crypto.validation_data import ValidationData

List = x509.CertificateRevocationList
UNDERSTOOD = {
    ExtensionOID.CRL_NUMBER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
}
PEM_MARK = b"-----BEGIN"


def load(octets: bytes) -> List:
    """A list in DER or PEM; raises Unusable."""
    try:
        pem = octets.lstrip().startswith(PEM_MARK)
        return x509.load_pem_x509_crl(octets) if pem else x509.load_der_x509_crl(octets)
    except ValueError:
        raise Unusable("it is no revocation list") from None


def read(crl: List, subject: x509.Certificate, issuer: x509.Certificate) -> Proof:
    """What the list says of `subject`, issued by `issuer`; raises Unusable when it says nothing of it."""
    try:
        return _read(crl, subject, issuer)
    except (ValueError, TypeError, x509.DuplicateExtension) as error:
        raise Unusable(f"it cannot be read ({type(error).__name__})") from None


def _read(crl: List, subject: x509.Certificate, issuer: x509.Certificate) -> Proof:
    if crl.issuer != issuer.subject:
        raise Unusable("it is by another issuer")
    check_hash(crl)
    key = issuer.public_key()
    if not may(issuer, "crl_sign") or not isinstance(key, PublicKey) or not crl.is_signature_valid(key):
        raise Unusable("it is not signed by the issuer")
    _check_scope(crl, subject)
    if crl.next_update_utc is None:
        raise Unusable("it does not say when the next one comes")
    entry = crl.get_revoked_certificate_by_serial_number(subject.serial_number)
    if entry is not None and any(extension.critical for extension in entry.extensions):
        raise Unusable("its entry has a critical extension")
    return Proof(
        ValidationData(crls=(crl.public_bytes(Encoding.DER),)),
        crl.last_update_utc,
        crl.next_update_utc,
        entry.revocation_date_utc if entry is not None else None,
    )


def _check_scope(crl: List, subject: x509.Certificate) -> None:
    for extension in crl.extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            _check_point(extension.value, subject)
        elif extension.critical and extension.oid not in UNDERSTOOD:
            raise Unusable("it has an unknown critical extension")


def _check_point(point: x509.IssuingDistributionPoint, subject: x509.Certificate) -> None:
    """RFC 5280 clause 6.3.3 (b) (2)."""
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
        raise Unusable("it is indirect, or of some reasons only")
    authority = _is_authority(subject)
    if (authority and point.only_contains_user_certs) or (not authority and point.only_contains_ca_certs):
        raise Unusable("it is of another kind of certificates")
    names = set(point.full_name or ())
    if point.relative_name is not None or (names and not names & set(_point_names(subject))):
        raise Unusable("it is of another distribution point")


def addresses(subject: x509.Certificate) -> tuple[str, ...]:
    """HTTP addresses of the certificate's distribution points (RFC 5280 clause 4.2.1.13)."""
    uris = (name.value for name in _point_names(subject) if isinstance(name, x509.UniformResourceIdentifier))
    return tuple(uri for uri in uris if uri.lower().startswith(("http://", "https://")))


def _point_names(subject: x509.Certificate) -> Iterable[x509.GeneralName]:
    try:
        points = subject.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return ()
    usable = (point for point in points if point.crl_issuer is None and point.reasons is None)
    return [name for point in usable for name in point.full_name or ()]


def _is_authority(subject: x509.Certificate) -> bool:
    try:
        return subject.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
