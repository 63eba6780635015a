"""OCSP (RFC 6960): what is asked about a certificate, and whether what comes back may be believed.

Believed are the issuer itself and responders to whom it delegated that (id-kp-OCSPSigning). Sending and
keeping are others' business.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import new as new_digest

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    ExtensionOID,
    SignatureAlgorithmOID,
)

from gateway.adapters.crypto import der
from gateway.adapters.crypto.algorithms import accepted_key
from gateway.adapters.crypto.revocation_proof import SKEW, Proof, Unusable, check_hash, may
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import GatewayError

# Looks up whether a delegated responder, issued by the same issuer, was revoked itself.
OfResponder = Callable[[x509.Certificate, x509.Certificate], Proof]
# Without nextUpdate there is always something newer; this is how long we hold an answer for new.
ALWAYS_NEWER = timedelta(minutes=10)
IDENTIFYING = ("sha1", "sha256", "sha384", "sha512")
BY_KEY = IDENTIFYING[0]
PSS = SignatureAlgorithmOID.RSASSA_PSS


def address(subject: x509.Certificate) -> str | None:
    """The HTTP address of the certificate's responder (RFC 5280 clause 4.2.2.1), if it names one."""
    try:
        access = subject.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return None
    for description in access:
        location = description.access_location
        if description.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            location, x509.UniformResourceIdentifier
        ):
            return location.value if location.value.lower().startswith(("http://", "https://")) else None
    return None


def request(subject: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """A request about one certificate. SHA-1 only names the issuer here: many responders know no other."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(subject, issuer, hashes.SHA1())  # noqa: S303
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


def read(
    octets: bytes,
    subject: x509.Certificate,
    issuer: x509.Certificate,
    now: datetime,
    of_responder: OfResponder,
    nonce: bytes | None = None,
) -> Proof:
    """What the response says of `subject`; raises Unusable when it says nothing that counts."""
    try:
        return _read(ocsp.load_der_ocsp_response(octets), octets, subject, issuer, now, of_responder, nonce)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, GatewayError) as error:
        raise Unusable(f"the response cannot be read ({type(error).__name__})") from None


def _read(
    response: ocsp.OCSPResponse,
    octets: bytes,
    subject: x509.Certificate,
    issuer: x509.Certificate,
    now: datetime,
    of_responder: OfResponder,
    nonce: bytes | None,
) -> Proof:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise Unusable(f"the responder answered {response.response_status.name}")
    _check_extensions(response, nonce)
    single = _about(response, subject, issuer)
    responder = _responder(response, issuer, now)
    _check_signature(response, responder)
    if response.produced_at_utc > now + SKEW:
        raise Unusable("the response is from the future")
    support = () if responder == issuer or _needs_no_check(responder) else (of_responder(responder, issuer),)
    data = ValidationData(ocsps=(octets,))
    for proof in support:
        data |= proof.data
    end = single.next_update_utc or response.produced_at_utc + ALWAYS_NEWER
    revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
    return Proof(
        data,
        single.this_update_utc,
        min(end, *(proof.good_until for proof in support)) if support else end,
        single.revocation_time_utc if revoked else None,
        support,
    )


def _check_extensions(response: ocsp.OCSPResponse, nonce: bytes | None) -> None:
    for extension in (*response.extensions, *response.single_extensions):
        if isinstance(extension.value, x509.OCSPNonce):
            if nonce is not None and extension.value.nonce != nonce:
                raise Unusable("the response is to another request")
        elif extension.critical:
            raise Unusable("the response has an unknown critical extension")


def _about(
    response: ocsp.OCSPResponse, subject: x509.Certificate, issuer: x509.Certificate
) -> ocsp.OCSPSingleResponse:
    singles = [single for single in response.responses if _names(single, subject, issuer)]
    # cryptography gives the extensions of the first answer only.
    if len(singles) != 1 or len(list(response.responses)) != 1:
        raise Unusable("the response is about something else")
    if singles[0].certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise Unusable("the responder does not know the certificate")
    return singles[0]


def _names(single: ocsp.OCSPSingleResponse, subject: x509.Certificate, issuer: x509.Certificate) -> bool:
    algorithm = single.hash_algorithm.name
    return (
        algorithm in IDENTIFYING
        and single.serial_number == subject.serial_number
        and single.issuer_name_hash == new_digest(algorithm, issuer.subject.public_bytes()).digest()
        and single.issuer_key_hash == new_digest(algorithm, _key_octets(issuer)).digest()
    )


def _responder(response: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> x509.Certificate:
    """The issuer, or a certificate in the response to which it delegated (RFC 6960 clause 4.2.2.2)."""
    if _is_named(response, issuer):
        return issuer
    for certificate in response.certificates:
        if _is_named(response, certificate) and _is_delegated(certificate, issuer, now):
            return certificate
    raise Unusable("the response is by nobody who may answer for the issuer")


def _is_named(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    # RFC 6960 clause 4.2.1: byKey is SHA-1, as a name for the key.
    return response.responder_key_hash == new_digest(BY_KEY, _key_octets(certificate)).digest()


def _is_delegated(certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    current = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    delegated = ExtendedKeyUsageOID.OCSP_SIGNING in purposes
    return current and delegated and may(certificate, "digital_signature")


def _needs_no_check(responder: x509.Certificate) -> bool:
    return any(extension.oid == ExtensionOID.OCSP_NO_CHECK for extension in responder.extensions)


def _check_signature(response: ocsp.OCSPResponse, responder: x509.Certificate) -> None:
    check_hash(response)
    algorithm = response.signature_hash_algorithm
    key = accepted_key(responder.public_key())
    if algorithm is None or response.signature_algorithm_oid == PSS:
        raise Unusable("its signature algorithm is not accepted")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        else:
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
    except InvalidSignature:
        raise Unusable("the response's signature does not verify") from None


def _key_octets(certificate: x509.Certificate) -> bytes:
    """The content of subjectPublicKey, without the count of unused bits."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der.expect(der.children(der.whole(info, der.SEQUENCE))[1], der.BIT_STRING).body[1:]
