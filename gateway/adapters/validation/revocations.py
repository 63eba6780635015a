"""CRLs and OCSP answers that came with a file: what each says of a certificate, if its own signature holds.

When one may be relied upon is judged by control time; nothing is fetched here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.adapters.crypto.trust import der
from gateway.adapters.validation.algorithms import SignatureMethod, digest, verify
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.memory import Memory
from gateway.adapters.validation.verdict import UNREADABLE, Refusal

# How long an answer that names no next update is taken to be fresh.
FRESH = timedelta(days=1)
# Both say that certificates are remembered after they have expired (ETSI EN 319 102-1 clause 5.2.5).
EXPIRED_ON_CRL = x509.ObjectIdentifier("2.5.29.60")
ARCHIVE_CUTOFF = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.6")


@dataclass(frozen=True, slots=True)
class Status:
    """What one answer says of one certificate. Times are aware and UTC.

    `revoked_at` is None for a good one. `fresh_until` is the last moment for which it speaks.
    `remembers_expired`: it would still list a certificate that has expired. `method` and `key` signed it.
    """

    der: bytes
    this_update: datetime
    fresh_until: datetime
    revoked_at: datetime | None
    remembers_expired: bool
    method: SignatureMethod
    key: object


def status(octets: bytes, certificate: Certificate, issuer: Certificate, memory: Memory) -> Status | None:
    """What a CRL or OCSP response says of `certificate`; None when nothing, or nothing to be believed."""
    key = ("status", sha256(octets).digest(), certificate.sha256, issuer.sha256)
    return memory.recall(key, lambda: _status(octets, certificate, issuer, memory))


def _status(octets: bytes, certificate: Certificate, issuer: Certificate, memory: Memory) -> Status | None:
    for reader in (_from_crl, _from_ocsp):
        try:
            return reader(octets, certificate, issuer, memory)
        except UNREADABLE:
            continue
    return None


def _from_crl(octets: bytes, certificate: Certificate, issuer: Certificate, _memory: Memory) -> Status | None:
    crl = x509.load_der_x509_crl(octets)
    if crl.issuer.public_bytes() != issuer.subject or not _speaks_of(crl, certificate):
        return None
    if not _may_sign_lists(issuer) or not crl.is_signature_valid(issuer.parsed.public_key()):  # type: ignore[arg-type]
        return None
    entry = crl.get_revoked_certificate_by_serial_number(certificate.parsed.serial_number)
    start = crl.last_update_utc
    return Status(
        octets,
        start,
        crl.next_update_utc or start + FRESH,
        None if entry is None else entry.revocation_date_utc,
        any(extension.oid == EXPIRED_ON_CRL for extension in crl.extensions),
        _method(crl.signature_hash_algorithm, issuer.parsed.public_key()),
        issuer.parsed.public_key(),
    )


def _speaks_of(crl: x509.CertificateRevocationList, certificate: Certificate) -> bool:
    """Whether the list is a whole one, and for certificates of this kind (RFC 5280 clause 5.2)."""
    for extension in crl.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            return False
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            if not _in_scope(extension.value, certificate):
                return False
        elif extension.critical:
            return False
    return True


def _in_scope(point: x509.IssuingDistributionPoint, certificate: Certificate) -> bool:
    if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
        return False
    try:
        authority = certificate.parsed.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        authority = False
    return not (point.only_contains_ca_certs if not authority else point.only_contains_user_certs)


def _may_sign_lists(issuer: Certificate) -> bool:
    try:
        return issuer.parsed.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _from_ocsp(octets: bytes, certificate: Certificate, issuer: Certificate, memory: Memory) -> Status | None:
    response = ocsp.load_der_ocsp_response(octets)
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        return None
    single = next((each for each in response.responses if _is_about(each, certificate, issuer)), None)
    if single is None or single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return None
    responder = _responder(response, issuer, memory)
    if responder is None:
        return None
    start = single.this_update_utc
    return Status(
        octets,
        start,
        single.next_update_utc or max(start, response.produced_at_utc) + FRESH,
        single.revocation_time_utc,
        _remembers_expired(response),
        _method(response.signature_hash_algorithm, responder.parsed.public_key()),
        responder.parsed.public_key(),
    )


def _remembers_expired(response: ocsp.OCSPResponse) -> bool:
    if len(list(response.responses)) != 1:
        return False
    return any(extension.oid == ARCHIVE_CUTOFF for extension in response.single_extensions)


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    name = single.hash_algorithm.name
    return (
        single.serial_number == certificate.parsed.serial_number
        and single.issuer_name_hash == digest(name, issuer.subject)
        and single.issuer_key_hash == digest(name, _key_octets(issuer.parsed.public_key()))
    )


def _key_octets(key: object) -> bytes:
    """The content of subjectPublicKey, which CertID digests (RFC 6960 clause 4.1.1)."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    raise ValueError("a key of another kind")


def _responder(response: ocsp.OCSPResponse, issuer: Certificate, memory: Memory) -> Certificate | None:
    """Who signed: the issuer itself, or whom it delegated (RFC 6960 clause 4.2.2.2)."""
    delegated = (memory.certificates.get(der(each)) for each in response.certificates)
    for candidate in (issuer, *(each for each in delegated if each is not None)):
        if candidate != issuer and not _is_delegated(candidate, issuer, response.produced_at_utc):
            continue
        if _signed_by(response, candidate):
            return candidate
    return None


def _is_delegated(candidate: Certificate, issuer: Certificate, at: datetime) -> bool:
    try:
        purposes = candidate.parsed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        candidate.parsed.verify_directly_issued_by(issuer.parsed)
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
    in_force = candidate.parsed.not_valid_before_utc <= at <= candidate.parsed.not_valid_after_utc
    return ExtendedKeyUsageOID.OCSP_SIGNING in purposes and in_force


def _signed_by(response: ocsp.OCSPResponse, candidate: Certificate) -> bool:
    key = candidate.parsed.public_key()
    method = _method(response.signature_hash_algorithm, key)
    try:
        verify(key, method, response.signature, response.tbs_response_bytes, raw_ecdsa=False)
    except Refusal:
        return False
    return True


def _method(algorithm: hashes.HashAlgorithm | None, key: object) -> SignatureMethod:
    if algorithm is None:
        raise ValueError("an unknown algorithm")
    scheme = "ecdsa" if isinstance(key, ec.EllipticCurvePublicKey) else "rsa"
    return SignatureMethod(scheme, algorithm.name)
