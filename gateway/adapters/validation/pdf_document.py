"""The signatures of one PDF, judged with the same building blocks as XAdES.

A document time-stamp vouches for everything in the revisions before it, newest first; a change after a
signature that such a signature does not permit makes it fail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import x509 as asn1_x509

from gateway.adapters.crypto.trust import name as title
from gateway.adapters.validation import acceptance, algorithms, purposes
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.control_time import Judged, Material, judge
from gateway.adapters.validation.pdf_reading import BROKEN, PdfFile, PdfSignature
from gateway.adapters.validation.proofs_of_existence import Proofs
from gateway.adapters.validation.token_read import TokenParts
from gateway.adapters.validation.tokens import Stamped, gathered, opened, over, stamped
from gateway.adapters.validation.verdict import Refusal, unreadable
from gateway.domain.validation import Coverage, Indication, SignatureReport, StampKind, SubIndication


@dataclass(slots=True)
class _Findings:
    """What is known of one signature so far."""

    signer: Certificate | None = None
    stamped: list[Stamped] = field(default_factory=list)
    existed: datetime | None = None
    judged: Judged | None = None


class PdfDocument:
    """The signatures of one file, judged together: later time-stamps vouch for earlier signatures."""

    def __init__(self, file: PdfFile, signatures: Sequence[PdfSignature], context: Context) -> None:
        self._file = file
        self._signatures = signatures
        self._context = context
        self._proofs = Proofs(context.at)
        store = file.store()
        certificates = [*store.certificates, *(der for each in signatures for der in each.certificates)]
        pool = context.memory.certificates.readable(certificates)
        self._tokens = {token: opened(token, context) for token in self._all_tokens()}
        parts = [each for each in self._tokens.values() if isinstance(each, TokenParts)]
        self._material = gathered(Material(pool, store.answers), parts, context)
        self._archived = self._document_stamps()

    def reports(self) -> tuple[SignatureReport, ...]:
        """Of the signatures; of the document time-stamps when there is nothing else."""
        signatures = [each for each in self._signatures if not each.is_stamp]
        if signatures:
            return tuple(map(self._report, signatures))
        return tuple(self._stamp_report(each) for each in self._signatures)

    def _all_tokens(self) -> list[bytes]:
        stamps = [each.cms for each in self._signatures if each.is_stamp]
        return [*stamps, *(token for each in self._signatures for token in each.tokens)]

    def _document_stamps(self) -> dict[str, Stamped]:
        """Newest first: each that holds proves what stands in the revisions up to its own."""
        found: dict[str, Stamped] = {}
        for stamp in sorted(self._signatures, key=lambda each: each.revision, reverse=True):
            if stamp.is_stamp:
                result = self._stamped(stamp.cms, stamp.covered, StampKind.ARCHIVE)
                found[stamp.name] = result
                if result.holds and result.parts is not None and (stamp.whole or stamp.permitted):
                    self._proofs.prove(self._before(stamp), result.parts.gen_time)
        return found

    def _stamped(self, token: bytes, data: bytes, kind: StampKind) -> Stamped:
        return stamped(self._tokens[token], over(data), kind, self._material, self._proofs, self._context)

    def _before(self, stamp: PdfSignature) -> list[bytes]:
        """Every object that a document time-stamp covers."""
        store = self._file.store(stamp.revision)
        found = [*store.certificates, *store.answers]
        for each in self._signatures:
            if each.revision < stamp.revision:
                found += [each.cms, each.value, *each.certificates, *each.tokens]
        inside = (self._tokens[token] for token in found if token in self._tokens)
        return [
            *found,
            *(der for parts in inside if isinstance(parts, TokenParts) for der in parts.certificates),
        ]

    def _report(self, signature: PdfSignature) -> SignatureReport:
        findings = _Findings()
        refusal = None
        try:
            self._validate(signature, findings)
        except Refusal as caught:
            refusal = caught
        except BROKEN as error:
            refusal = unreadable(error, "something in the signature")
        signer = findings.signer
        return SignatureReport(
            id=signature.name,
            indication=refusal.indication if refusal else Indication.PASSED,
            level=self._level(findings),
            coverage=Coverage.FULL if signature.whole else Coverage.PARTIAL,
            covered=(self._revision(signature),),
            signer=signer.title if signer else "",
            signer_sha256=signer.sha256.hex() if signer else "",
            path=tuple(map(title, findings.judged.path.chain)) if findings.judged else (),
            claimed_time=signature.claimed,
            best_time=findings.existed,
            stamps=tuple(each.report for each in findings.stamped),
            sub_indication=refusal.sub_indication if refusal else None,
            detail=refusal.detail if refusal else "",
        )

    def _validate(self, signature: PdfSignature, findings: _Findings) -> None:
        context = self._context
        findings.signer = signer = self._signer(signature)
        signature.signs(asn1_x509.Certificate.load(signer.der))
        if not (signature.whole or signature.permitted):
            raise Refusal(SubIndication.HASH_FAILURE, "the document was changed after it was signed")
        findings.stamped = self._signature_stamps(signature)
        findings.stamped += self._later_stamps(signature)
        times = [each.parts.gen_time for each in findings.stamped if each.holds and each.parts]
        findings.existed = existed = min((*times, context.at))
        key = signer.parsed.public_key()
        ends = (
            algorithms.digest_until(context.algorithms, signature.digest),
            algorithms.method_until(context.algorithms, signature.method, key),
        )
        if existed >= min(ends):
            raise Refusal(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, "an algorithm of it has ended")
        acceptance.check_times(signature.claimed, existed, context)
        if context.policy_required:
            # The attribute of CAdES that would name one is not read: nothing may pass as if it had been.
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE, "a signature policy is demanded; none is read"
            )
        purposes.check_signer(signer)
        findings.judged = judge(
            signer,
            existed,
            self._material,
            self._proofs,
            context,
            demanding=context.revocation_required,
        )

    def _signer(self, signature: PdfSignature) -> Certificate:
        """The certificate that SignerIdentifier names; `signs` checks the signed attribute as well."""
        sid = signature.signer_info["sid"]
        for certificate in self._material.certificates:
            parsed = asn1_x509.Certificate.load(certificate.der)
            if sid.name == "issuer_and_serial_number":
                issuer, serial = sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native
                found = (issuer, serial) == (certificate.issuer, parsed.serial_number)
            else:
                found = sid.chosen.native == parsed.key_identifier
            if found:
                return certificate
        raise Refusal(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "the signer's certificate is not there")

    def _signature_stamps(self, signature: PdfSignature) -> list[Stamped]:
        found = [self._stamped(token, signature.value, StampKind.SIGNATURE) for token in signature.tokens]
        for outcome in found:
            if outcome.report.indication is Indication.FAILED:
                raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, outcome.report.detail)
        return found

    def _later_stamps(self, signature: PdfSignature) -> list[Stamped]:
        """A time-stamp that is over something else than what stands before it makes everything doubtful."""
        later = (each for each in self._signatures if each.is_stamp and each.revision > signature.revision)
        found = [self._archived[each.name] for each in later]
        for outcome in found:
            if outcome.report.indication is Indication.FAILED:
                raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, outcome.report.detail)
        return found

    def _level(self, findings: _Findings) -> str:
        """By what holds, not by what is there; empty when nothing does."""
        if findings.existed is None:
            return ""
        held = [each for each in findings.stamped if each.holds]
        if not held:
            return "B-B"
        judged = [findings.judged, *(e.judged for e in held if e.report.kind is StampKind.SIGNATURE)]
        if not all(each is not None and each.complete for each in judged):
            return "B-T"
        archived = any(each.report.kind is StampKind.ARCHIVE for each in held)
        return "B-LTA" if archived else "B-LT"

    def _stamp_report(self, stamp: PdfSignature) -> SignatureReport:
        result = self._archived[stamp.name]
        return SignatureReport(
            id=stamp.name,
            indication=result.report.indication,
            level="RFC 3161",
            coverage=Coverage.FULL if stamp.whole else Coverage.PARTIAL,
            covered=(self._revision(stamp),),
            signer=result.report.authority,
            best_time=result.report.gen_time if result.holds else None,
            stamps=(result.report,),
            sub_indication=result.report.sub_indication,
            detail=result.report.detail,
        )

    def _revision(self, signature: PdfSignature) -> str:
        return f"revision {signature.revision + 1}/{self._file.revisions}"
