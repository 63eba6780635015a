"""The door of XAdES validation: an XML file in, a report in EN 319 102-1 words out, never an exception.

Facts and outline come from a tree parsed anew from the octets that were digested.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType

from lxml import etree

from gateway.adapters.validation.context import Context
from gateway.adapters.validation.document import opened, signatures
from gateway.adapters.validation.signature import Outcome, validate_signature
from gateway.adapters.validation.verdict import UNREADABLE, Refusal, unreadable, worst
from gateway.adapters.xml import evidence_reader
from gateway.adapters.xml.names import ERDS, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import GatewayError
from gateway.domain.evidence import EvidenceFacts
from gateway.domain.validation import Indication, SignatureReport, SubIndication, ValidationReport

KIND = "XML"
NOTHING: Mapping[str, bytes] = MappingProxyType({})
MOST_LEAVES, MOST_TEXT = 100, 500


def validate_xml(
    name: str, octets: bytes, context: Context, detached: Mapping[str, bytes] = NOTHING
) -> ValidationReport:
    """Validate every signature of an XML file; `detached` are the files beside it, by their relative names.

    The whole is as good as its worst signature, and FAILED without one. Facts are there when the signature
    over the whole document holds and that is an evidence.
    """
    try:
        document = opened(octets, detached, context.limits)
        found = [
            validate_signature(element, number, document, context)
            for number, element in enumerate(signatures(document), 1)
        ]
    except GatewayError as error:
        return _unreadable(name, octets, context, Refusal(SubIndication.FORMAT_FAILURE, _told(error)))
    except Refusal as refusal:
        return _unreadable(name, octets, context, refusal)
    except UNREADABLE as error:
        return _unreadable(name, octets, context, unreadable(error, "the file"))
    if not found:
        return _unreadable(
            name, octets, context, Refusal(SubIndication.FORMAT_FAILURE, "there is no signature in it")
        )
    return _reported(name, octets, context, found)


def _reported(name: str, octets: bytes, context: Context, found: list[Outcome]) -> ValidationReport:
    read = [_read(outcome, context) for outcome in found]
    reports = tuple(each.report for each in read)
    indication = worst(each.indication for each in reports)
    blamed = next(each for each in reports if each.indication is indication)
    told = next((each for each in read if each.report.indication is Indication.PASSED and each.outline), None)
    return ValidationReport(
        name=name,
        sha256=sha256(octets).digest(),
        kind=KIND,
        validated_at=context.at,
        indication=indication,
        signatures=reports,
        sub_indication=blamed.sub_indication,
        detail=blamed.detail,
        facts=told.facts if told else None,
        outline=told.outline if told else (),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A signature's report with what the document that it covers says."""

    report: SignatureReport
    facts: EvidenceFacts | None = None
    outline: tuple[tuple[str, str], ...] = ()


def _read(outcome: Outcome, context: Context) -> _Read:
    if outcome.content is None:
        return _Read(outcome.report)
    try:
        root = parse(outcome.content, limit=context.limits.octets)
        facts = evidence_reader.read_root(root) if root.tag == qualified(ERDS, "Evidence") else None
    except GatewayError:
        # An evidence of another provider: signed all the same, only not to be told as ours.
        return _Read(outcome.report)
    best = outcome.report.best_time
    if facts is not None and best is not None and facts.event_time > best + context.clock_offset:
        why = "the event is later than the proof of the signature"
        sub = SubIndication.SIG_CONSTRAINTS_FAILURE
        return _Read(
            replace(outcome.report, indication=Indication.INDETERMINATE, sub_indication=sub, detail=why)
        )
    return _Read(outcome.report, facts, _outline(root))


def _outline(root: etree._Element) -> tuple[tuple[str, str], ...]:
    """The root's name, then names and texts of its simple children."""
    leaves = [child for child in root if not len(child) and isinstance(child.tag, str)][:MOST_LEAVES]
    named = ((etree.QName(leaf).localname, (leaf.text or "")[:MOST_TEXT]) for leaf in leaves)
    return ((etree.QName(root).localname, etree.QName(root).namespace or ""), *named)


def _unreadable(name: str, octets: bytes, context: Context, refusal: Refusal) -> ValidationReport:
    return ValidationReport(
        name=name,
        sha256=sha256(octets).digest(),
        kind=KIND,
        validated_at=context.at,
        indication=refusal.indication,
        signatures=(),
        sub_indication=refusal.sub_indication,
        detail=refusal.detail,
    )


def _told(error: GatewayError) -> str:
    return f"{error.kind.name}: {error.detail}" if error.detail else error.kind.name
