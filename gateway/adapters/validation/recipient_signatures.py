"""The port `RecipientSignatures`: a recipient's PAdES or XAdES about the copy that we gave.

What it is about is compared first (`signed_copy_pdf`, `signed_copy_xml`), then it is judged by EN 319 102-1
as any file is; what nobody can tell about is never taken for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.augment import Augmenter
from gateway.adapters.crypto.pades_archive import archived
from gateway.adapters.crypto.seal_key import SealTrust
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.trust import Anchors, CertifiedPath, name
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.validation_data import Revocation, ValidationData
from gateway.adapters.validation import signed_copy_pdf, signed_copy_xml
from gateway.adapters.validation.context import Context, Limits
from gateway.adapters.validation.pdf import validate_pdf
from gateway.adapters.validation.sniff import FileType, sniff
from gateway.adapters.validation.verdict import UNREADABLE
from gateway.adapters.validation.xml import validate_xml
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.legal_identity import CertifiedNumbers
from gateway.domain.recipient_signature import RecipientSignature
from gateway.domain.record import SignedKind
from gateway.domain.validation import Coverage, Indication, SignatureReport, SubIndication, ValidationReport

ORGANIZATION = ObjectIdentifier("2.5.4.97")
S = SubIndication
# What a certificate is to blame for; what is left is the signature itself.
OF_CERTIFICATE = frozenset(
    {
        S.REVOKED,
        S.EXPIRED,
        S.NOT_YET_VALID,
        S.CHAIN_CONSTRAINTS_FAILURE,
        S.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        S.NO_CERTIFICATE_CHAIN_FOUND,
        S.REVOKED_NO_POE,
        S.REVOKED_CA_NO_POE,
        S.OUT_OF_BOUNDS_NO_POE,
        S.OUT_OF_BOUNDS_NOT_REVOKED,
    }
)


@dataclass(frozen=True, slots=True)
class RecipientTrust:
    """`people` are the roots that recipients' certificates lead to, `stamps` those of time-stamps beside."""

    people: Anchors
    stamps: Anchors
    revocation: Revocation
    algorithms: AlgorithmPolicy

    @property
    def both(self) -> Anchors:
        return Anchors(tuple(dict.fromkeys([*self.people.roots, *self.stamps.roots])))


class TrustedRecipients:
    """The port. Safe across threads."""

    def __init__(self, trust: RecipientTrust, timestamper: TimestampClient) -> None:
        self._trust = trust
        self._timestamper = timestamper
        both = SealTrust(trust.both, trust.revocation, trust.algorithms)
        self._augmenter = Augmenter(timestamper, both)

    def judge(self, copy: bytes, signed: bytes, at: datetime) -> RecipientSignature:
        context = Context(self._trust.both, self._trust.algorithms, at, revocation=self._trust.revocation)
        if sniff(signed) is FileType.PDF:
            added = signed_copy_pdf.only_signature(copy, signed)
            report = validate_pdf("signed.pdf", signed, context, lambda *_: None)
            found = [each for each in report.signatures if each.id == added.name]
            return self._signature(SignedKind.PADES, report, found, added.certificates, at)
        if sniff(signed) is not FileType.XML:
            raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE)
        about = signed_copy_xml.about(copy, signed, context.limits)
        report = validate_xml("signed.xml", signed, context, about.companions)
        return self._signature(SignedKind.XADES, report, report.signatures, about.certificates, at)

    def preserve(self, signature: RecipientSignature, copy: bytes, signed: bytes, at: datetime) -> bytes:
        if signature.kind is SignedKind.PADES:
            certificates = signed_copy_pdf.only_signature(copy, signed).certificates
            signer = _leaf(certificates, signature.certificate_sha256.hex())
            data = self._proven(self._path(certificates, signer, at), at)
            return archived(signed, data, self._timestamper)
        about = signed_copy_xml.about(copy, signed, Limits())
        return self._augmenter.raise_to(signed, Level.B_LT, about.companions)

    def _signature(
        self,
        kind: SignedKind,
        report: ValidationReport,
        found: Sequence[SignatureReport],
        certificates: Sequence[bytes],
        at: datetime,
    ) -> RecipientSignature:
        if not found:
            raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE, report.detail)
        [held] = found
        if held.indication is not Indication.PASSED:
            raise _refused(held)
        if held.coverage is not Coverage.FULL:
            raise GatewayError(ErrorKind.SIGNED_FILE_DIFFERS, "the signature does not cover everything")
        signer = _leaf(certificates, held.signer_sha256)
        _check_use(signer)
        data = self._proven(self._path(certificates, signer, at), at)
        return RecipientSignature(
            kind=kind,
            numbers=_numbers(signer),
            subject=name(signer),
            issuer=signer.issuer.rfc4514_string(),
            serial=f"{signer.serial_number:x}",
            certificate_sha256=bytes.fromhex(held.signer_sha256),
            level=held.level,
            revocation="OCSP" if data.ocsps else "CRL" if data.crls else "NOT_REVOCABLE",
            claimed_at=held.claimed_time,
        )

    def _path(self, certificates: Sequence[bytes], signer: x509.Certificate, at: datetime) -> CertifiedPath:
        """To the roots of people alone: those of our own seals vouch for nobody else."""
        others = [_parsed(each) for each in certificates]
        try:
            return self._trust.people.path(signer, [each for each in others if each != signer], at)
        except GatewayError as error:
            raise GatewayError(
                ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, "no path to a trusted root"
            ) from error

    def _proven(self, path: CertifiedPath, at: datetime) -> ValidationData:
        try:
            return self._trust.revocation.gather(path, at)
        except GatewayError as error:
            if error.kind is ErrorKind.CERTIFICATE_REFUSED:
                raise GatewayError(ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, "it was revoked") from error
            raise


class NobodyTrusted:
    """Where the operator trusts no root for recipients: nobody can sign by certificate."""

    def judge(self, *_: object, **__: object) -> RecipientSignature:
        raise GatewayError(ErrorKind.CONFIGURATION, "[recipients] anchors names no file that is there")

    def preserve(self, *_: object, **__: object) -> bytes:
        raise GatewayError(ErrorKind.CONFIGURATION, "[recipients] anchors names no file that is there")


def _refused(held: SignatureReport) -> GatewayError:
    if held.sub_indication is SubIndication.TRY_LATER:
        return GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "revocation cannot be told now")
    of_certificate = held.sub_indication in OF_CERTIFICATE
    kind = (
        ErrorKind.RECIPIENT_CERTIFICATE_REFUSED if of_certificate else ErrorKind.RECIPIENT_SIGNATURE_INVALID
    )
    return GatewayError(kind, f"{held.sub_indication}: {held.detail}")


def _leaf(certificates: Sequence[bytes], digest: str) -> x509.Certificate:
    for octets in certificates:
        if sha256(octets).hexdigest() == digest:
            return _parsed(octets)
    raise GatewayError(ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, "the signer's certificate is not in it")


def _parsed(octets: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(octets)
    except UNREADABLE as error:
        raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE) from error


def _check_use(signer: x509.Certificate) -> None:
    """A person's certificate must say that it signs: nonRepudiation or digitalSignature."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise GatewayError(ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, "it does not say its use") from None
    if not (usage.content_commitment or usage.digital_signature):
        raise GatewayError(ErrorKind.RECIPIENT_CERTIFICATE_REFUSED, "it is not for signing")


def _numbers(signer: x509.Certificate) -> CertifiedNumbers:
    """Empty when it bears none, or several: nobody could say which one is meant."""

    def only(kind: ObjectIdentifier) -> str:
        found = signer.subject.get_attributes_for_oid(kind)
        return str(found[0].value) if len(found) == 1 else ""

    return CertifiedNumbers(only(NameOID.SERIAL_NUMBER), only(ORGANIZATION))
