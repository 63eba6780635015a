"""Validation of one XAdES signature, from its format to its past (EN 319 102-1 clauses 5.3, 5.5 and 5.6.3).

It orders the building blocks and puts what they found into a report; the blocks themselves are elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree

from gateway.adapters.crypto.trust import name
from gateway.adapters.validation import acceptance, algorithms, material, purposes, references, stamps, xades
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.context import Context
from gateway.adapters.validation.control_time import Judged, judge
from gateway.adapters.validation.coverage import Covered, covered
from gateway.adapters.validation.document import Document
from gateway.adapters.validation.material import Brought
from gateway.adapters.validation.proofs_of_existence import Proofs
from gateway.adapters.validation.signing_certificate import identify
from gateway.adapters.validation.stamps import Stamp
from gateway.adapters.validation.tokens import Stamped, over, stamped
from gateway.adapters.validation.verdict import UNREADABLE, Refusal, unreadable
from gateway.domain.validation import Coverage, Indication, SignatureReport, StampKind, SubIndication

# A genTime may be written in whole seconds.
RESOLUTION = timedelta(seconds=1)
REVOKED = (SubIndication.REVOKED_NO_POE, SubIndication.REVOKED_CA_NO_POE)
OUT_OF_BOUNDS = (SubIndication.OUT_OF_BOUNDS_NO_POE, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED)

NOTHING_COVERED = Covered(Coverage.PARTIAL, ())


@dataclass(slots=True)
class Findings:
    """What is known of a signature so far; a refusal leaves it as it is. `content`: what was digested."""

    signer: Certificate | None = None
    claimed: datetime | None = None
    covered: Covered = NOTHING_COVERED
    content: bytes | None = None
    stamped: list[Stamped] = field(default_factory=list)
    existed: datetime | None = None
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report, and the digested octets of the whole document when it passed and covers that."""

    report: SignatureReport
    content: bytes | None = None


def validate_signature(element: etree._Element, number: int, document: Document, context: Context) -> Outcome:
    """Validate one ds:Signature; never raises for what is in it. `number` names one that has no Id."""
    findings = Findings()
    identifier = element.get("Id") or f"signature {number}"
    try:
        _validate(element, document, context, findings)
    except UNREADABLE as error:
        return Outcome(_report(identifier, findings, unreadable(error, "something in the signature")))
    except Refusal as refusal:
        return Outcome(_report(identifier, findings, refusal))
    return Outcome(_report(identifier, findings, None), findings.content)


def _validate(element: etree._Element, document: Document, context: Context, findings: Findings) -> None:
    signature = xades.read(element, document)
    findings.claimed = acceptance.claimed_time(signature)
    xades.properties_reference(signature, document)
    selected = [(each, references.select(each, document, element)) for each in signature.references]
    listed = stamps.stamps(signature, selected, context.limits.stamps)
    brought = material.brought(signature, listed, context)
    findings.signer, named_by = identify(signature, brought.material.certificates)
    key = findings.signer.parsed.public_key()
    data = document.spend(signature.c14n.of(signature.signed_info))
    algorithms.verify(key, signature.method, signature.value, data, raw_ecdsa=True)
    findings.covered = covered(signature, document, selected)
    for reference, yielded in selected:
        octets = references.check(reference, yielded)
        if reference is findings.covered.whole:
            findings.content = octets
    proofs = Proofs(context.at)
    findings.stamped = _stamped(listed, brought, proofs, context, document)
    findings.existed = _existed(findings, proofs)
    _check_stamps(listed, findings)
    ends = [algorithms.digest_until(context.algorithms, each.digest) for each in signature.references]
    ends.append(algorithms.digest_until(context.algorithms, named_by))
    ends.append(algorithms.method_until(context.algorithms, signature.method, key))
    if findings.existed >= min(ends):
        raise Refusal(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, "an algorithm of it has ended")
    acceptance.check_policy(signature, context)
    acceptance.check_times(findings.claimed, findings.existed, context)
    purposes.check_signer(findings.signer)
    findings.judged = _judged(findings.signer, findings, brought, proofs, context)


def _stamped(
    listed: Sequence[Stamp], brought: Brought, proofs: Proofs, context: Context, document: Document
) -> list[Stamped]:
    """Newest first, so that each vouches for what is older; given back in the signature's order."""
    found: dict[int, Stamped] = {}
    for index in sorted(range(len(listed)), key=lambda each: listed[each].position, reverse=True):
        stamp = listed[index]
        found[index] = outcome = stamped(
            brought.tokens[index],
            lambda digest, stamp=stamp: over(document.spend(stamp.data()))(digest),  # type: ignore[misc]
            stamp.kind,
            brought.material,
            proofs,
            context,
        )
        if outcome.holds and outcome.parts is not None and stamp.kind is StampKind.ARCHIVE:
            proofs.prove(brought.before(stamp.position, listed), outcome.parts.gen_time)
    return [found[index] for index in range(len(listed))]


def _existed(findings: Findings, proofs: Proofs) -> datetime:
    """Best signature time: the earliest of what holds over the signature value, or the present."""
    times = [
        each.parts.gen_time
        for each in findings.stamped
        if each.holds and each.parts is not None and each.report.kind is not StampKind.CONTENT
    ]
    return min((*times, proofs.present))


def _check_stamps(listed: Sequence[Stamp], findings: Findings) -> None:
    """None is over something else, and none is earlier than what it covers (clause 5.5.4, order)."""
    for outcome in findings.stamped:
        if outcome.report.indication is Indication.FAILED:
            raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, outcome.report.detail)
        if outcome.report.sub_indication is SubIndication.TIMESTAMP_ORDER_FAILURE:
            raise Refusal(SubIndication.TIMESTAMP_ORDER_FAILURE, outcome.report.detail)
    pairs = zip(listed, findings.stamped, strict=True)
    held = [(stamp, outcome.parts) for stamp, outcome in pairs if outcome.holds and outcome.parts]
    for stamp, parts in held:
        for other, earlier in held:
            if not _covers(stamp, other):
                continue
            if parts.gen_time + parts.accuracy + earlier.accuracy + RESOLUTION < earlier.gen_time:
                raise Refusal(
                    SubIndication.TIMESTAMP_ORDER_FAILURE, "a time-stamp is older than what it covers"
                )


def _covers(stamp: Stamp, other: Stamp) -> bool:
    if stamp.kind is StampKind.ARCHIVE:
        return other.position < stamp.position
    return stamp.kind is StampKind.SIGNATURE and other.kind is StampKind.CONTENT


def _judged(
    signer: Certificate, findings: Findings, brought: Brought, proofs: Proofs, context: Context
) -> Judged:
    try:
        return judge(
            signer,
            findings.existed or context.at,
            brought.material,
            proofs,
            context,
            demanding=context.revocation_required,
        )
    except Refusal as refusal:
        raise _final(refusal, findings) from None


def _final(refusal: Refusal, findings: Findings) -> Refusal:
    """Final when it certainly was made after the revocation or the end (clause 5.3.4): by a time-stamp over
    the content, or, for a revocation, by the signer's own word."""
    content = [each for each in findings.stamped if each.report.kind is StampKind.CONTENT and each.holds]
    after = [each.parts.gen_time for each in content if each.parts is not None]
    since = refusal.since
    if since is None:
        return refusal
    if refusal.sub_indication in REVOKED:
        after += [findings.claimed] if findings.claimed is not None else []
        if any(each >= since for each in after):
            return Refusal(SubIndication.REVOKED, refusal.detail, since)
    if refusal.sub_indication in OUT_OF_BOUNDS and any(each > since for each in after):
        return Refusal(SubIndication.EXPIRED, refusal.detail, since)
    return refusal


def _report(identifier: str, findings: Findings, refusal: Refusal | None) -> SignatureReport:
    signer = findings.signer
    return SignatureReport(
        id=identifier,
        indication=refusal.indication if refusal else Indication.PASSED,
        level=_level(findings),
        coverage=findings.covered.coverage,
        covered=findings.covered.names,
        signer=signer.title if signer else "",
        signer_sha256=signer.sha256.hex() if signer else "",
        path=tuple(name(each) for each in findings.judged.path.chain) if findings.judged else (),
        claimed_time=findings.claimed,
        best_time=findings.existed,
        stamps=tuple(each.report for each in findings.stamped),
        sub_indication=refusal.sub_indication if refusal else None,
        detail=refusal.detail if refusal else "",
    )


def _level(findings: Findings) -> str:
    """The baseline level that is reached, by what holds and not by what is there; empty when nothing does."""
    if findings.existed is None:
        return ""
    held = [each for each in findings.stamped if each.holds and each.report.kind is not StampKind.CONTENT]
    if not held:
        return "B-B"
    of_signature = [each for each in held if each.report.kind is StampKind.SIGNATURE]
    judged = [findings.judged, *(each.judged for each in of_signature)]
    if not all(each is not None and each.complete for each in judged):
        return "B-T"
    archived = any(each.report.kind is StampKind.ARCHIVE for each in held)
    return "B-LTA" if archived else "B-LT"
