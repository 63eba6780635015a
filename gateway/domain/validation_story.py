"""A validation report told to people in one language: headings, values and nested sections, without layout.

Text, PDF and web page draw the same story, so that none of them can say more or less than another.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain import validation_words as words
from gateway.domain.evidence import EvidenceFacts
from gateway.domain.sandbox import BAND
from gateway.domain.validation import (
    Indication,
    SignatureReport,
    StampReport,
    SubIndication,
    ValidationReport,
)

Statements = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """`indication` is what the title says besides; `statements` are (heading, value) pairs of foreign and
    own words alike, which whoever draws them makes harmless."""

    title: str
    indication: Indication | None
    statements: tuple[tuple[str, str], ...]
    sections: tuple["Section", ...] = ()


class _Teller:
    """One report, one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def report(self, report: ValidationReport) -> Section:
        inside = [self._signature(number, each) for number, each in enumerate(report.signatures, 1)]
        stated = self._stated(report)
        if stated:
            inside.append(Section(self._heading("states"), None, stated))
        if report.enclosed:
            inside.append(self._enclosed(report.enclosed))
        return Section(report.name, report.indication, tuple(self._about(report)), tuple(inside))

    def _about(self, report: ValidationReport) -> Statements:
        if _is_test(report):
            yield self._pair("attention", BAND.in_language(self._language))
        yield self._pair("meaning", words.MEANINGS[report.indication].in_language(self._language))
        yield from self._why(report.sub_indication, report.detail)
        kind = words.KINDS.get(report.kind)
        yield self._pair("kind", kind.in_language(self._language) if kind else report.kind)
        yield self._pair("sha256", report.sha256.hex())
        yield self._pair("validated_at", _time(report.validated_at))

    def _signature(self, number: int, signature: SignatureReport) -> Section:
        stamps = tuple(map(self._stamp, signature.stamps))
        title = f"{self._heading('signature')} {number}"
        return Section(title, signature.indication, tuple(self._signed(signature)), stamps)

    def _signed(self, signature: SignatureReport) -> Statements:
        yield from self._why(signature.sub_indication, signature.detail)
        yield self._pair("covers", words.COVERAGES[signature.coverage].in_language(self._language))
        for covered in signature.covered:
            yield self._pair("covered", covered)
        known = (
            ("level", signature.level),
            ("signed_by", signature.signer),
            ("fingerprint", signature.signer_sha256),
            *(("path", subject) for subject in signature.path[1:]),
            ("claimed_time", _optional_time(signature.claimed_time)),
            ("best_time", _optional_time(signature.best_time)),
        )
        yield from (self._pair(heading, value) for heading, value in known if value)

    def _stamp(self, stamp: StampReport) -> Section:
        kind = words.STAMPS[stamp.kind].in_language(self._language)
        said = [*self._why(stamp.sub_indication, stamp.detail)]
        if stamp.gen_time is not None:
            said.append(self._pair("stamped_at", _time(stamp.gen_time)))
        if stamp.authority:
            said.append(self._pair("stamped_by", stamp.authority))
        return Section(f"{self._heading('stamp')} ({kind})", stamp.indication, tuple(said))

    def _why(self, sub_indication: SubIndication | None, detail: str) -> Statements:
        if sub_indication is not None:
            reason = words.REASONS[sub_indication].in_language(self._language)
            yield self._pair("reason", f"{sub_indication.value}: {reason}")
        if detail:
            yield self._pair("detail", detail)

    def _stated(self, report: ValidationReport) -> tuple[tuple[str, str], ...]:
        if report.indication is Indication.FAILED:
            # What an altered file says is nobody's word.
            return ()
        return tuple(self._facts(report.facts)) if report.facts is not None else report.outline

    def _facts(self, facts: EvidenceFacts) -> Statements:
        yield self._pair("event", facts.event.value)
        yield self._pair("event_time", _time(facts.event_time))
        yield self._pair("guid", facts.guid or "-")
        yield self._pair("external_id", facts.external_id)
        yield self._pair("service", facts.service)
        if facts.result is not None:
            yield self._pair("result", str(facts.result))
        yield self._pair("issuer", facts.issuer.name)
        for recipient in facts.recipients:
            named = f"{recipient.name} {recipient.scheme} {recipient.identifier}".rstrip()
            yield self._pair("recipient", named)
        if facts.refers_to is not None:
            yield self._pair("about", str(facts.refers_to + 1))
        yield from self._documents(facts)
        yield from facts.details

    def _documents(self, facts: EvidenceFacts) -> Statements:
        for document in facts.documents:
            yield self._pair("file", f"{document.name} ({document.media_type}, {document.size})")
            yield self._pair("original", document.original_sha256.hex())
            if document.stamped_sha256 is not None:
                yield self._pair("stamped", document.stamped_sha256.hex())

    def _enclosed(self, enclosed: tuple[ValidationReport, ...]) -> Section:
        counted = Counter(report.indication for report in enclosed)
        summary = [(each.value, str(counted[each])) for each in Indication if counted[each]]
        guids = sorted({guid for report in enclosed for guid in _guids(report)})
        if len(guids) > 1:
            summary.append(self._pair("attention", words.MIXED.in_language(self._language)))
            summary += [self._pair("guid", guid) for guid in guids]
        return Section(self._heading("enclosed"), None, tuple(summary), tuple(map(self.report, enclosed)))

    def _pair(self, heading: str, value: str) -> tuple[str, str]:
        return self._heading(heading), value

    def _heading(self, name: str) -> str:
        return words.HEADINGS[name].in_language(self._language)


def tell(report: ValidationReport, language: str) -> Section:
    """The whole report. Facts are told only of a file whose signatures did not fail."""
    return _Teller(language).report(report)


def _guids(report: ValidationReport) -> Iterator[str]:
    """Of which transactions a file, and what is in it, says to be: evidence, and certificates by outline."""
    if report.facts is not None and report.facts.guid:
        yield report.facts.guid
    yield from (value for name, value in report.outline if name == "guid")
    for inner in report.enclosed:
        yield from _guids(inner)


def _is_test(report: ValidationReport) -> bool:
    """Whether it, or anything in it, says that it is of the sandbox: also where a signature fails."""
    said = report.facts is not None and report.facts.sandbox
    return said or any(name == "sandbox" for name, _ in report.outline) or any(map(_is_test, report.enclosed))


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _optional_time(moment: datetime | None) -> str:
    return "" if moment is None else _time(moment)
