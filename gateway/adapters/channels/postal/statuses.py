"""One status of one letter as a courier tells it, whatever the file's form, and the report that it makes.

Reading is strict: what is not understood is refused with its reason, never guessed at.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from gateway.adapters.channels.postal.exchange import NAME
from gateway.adapters.channels.postal.moments import Moment, moment
from gateway.domain.delivery import Channel
from gateway.domain.reports import Failure, Report, ReportKind
from gateway.domain.wording import keepable

COLUMNS = (
    *("reference", "status", "at", "attempt", "received_by", "identity", "reason", "note", "note_sha256"),
    *("tracking", "detail"),
)
NEEDED = ("reference", "status", "at")
REFERENCE, SHA256 = re.compile(r"[a-z0-9]{32}", re.ASCII), re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
ATTEMPT = re.compile(r"[1-9]\d?", re.ASCII)
LONGEST = 255
KINDS: dict[str, tuple[ReportKind, Failure | None]] = {
    "ADMITTED": (ReportKind.SENT, None),
    "ATTEMPTED": (ReportKind.ATTEMPTED, Failure.ABSENT),
    "DELIVERED": (ReportKind.DELIVERED, None),
    "REFUSED": (ReportKind.REFUSED, None),
    # Absent at every attempt and never collected: it is on its way back.
    "ABSENT": (ReportKind.RETURNED, Failure.ABSENT),
    "INCOMPLETE": (ReportKind.FAILED, Failure.ADDRESS_INCOMPLETE),
    "UNKNOWN": (ReportKind.FAILED, Failure.UNKNOWN_ADDRESS),
    "RETURNED": (ReportKind.RETURNED, Failure.OTHER),
    "LOST": (ReportKind.FAILED, Failure.OTHER),
}
REASONS = {
    "ABSENT": Failure.ABSENT,
    "INCOMPLETE": Failure.ADDRESS_INCOMPLETE,
    "UNKNOWN": Failure.UNKNOWN_ADDRESS,
    "OTHER": Failure.OTHER,
}
TOLD = ("attempt", "received_by", "identity", "tracking", "detail")


@dataclass(frozen=True, slots=True)
class Status:
    """`raw` is this status as it came and nothing of others'; `number` that of its line or element."""

    number: int

    values: Mapping[str, str]
    moment: Moment
    raw: bytes
    media_type: str

    @property
    def note(self) -> str:
        """The name of the scan, or nothing."""
        return self.values.get("note", "")

    @property
    def note_sha256(self) -> str:
        return self.values.get("note_sha256", "").lower()

    def report(self, provider: str) -> Report:
        """Without the scan, which `scans` adds."""
        word = self.values["status"]
        kind, failure = KINDS[word]
        reason = self.values.get("reason", "")
        told = tuple((name, keepable(self.values[name], LONGEST)) for name in TOLD if self.values.get(name))
        return Report(
            channel=Channel.POSTAL,
            kind=kind,
            at=self.moment.at,
            raw=self.raw,
            media_type=self.media_type,
            reference=self.values["reference"],
            provider=provider,
            failure=REASONS[reason] if reason else failure,
            details=(("status", word), ("told_at", self.moment.told), *told),
            key=f"{word} {self.moment.at.isoformat()} {self.values.get('attempt', '')}".strip(),
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """A status that cannot be taken: the number of its line or element, from 1, and why."""

    number: int
    why: str


def status(number: int, values: Mapping[str, str], raw: bytes, media_type: str, zone: ZoneInfo) -> Status:
    """Raises ValueError, which names the value that is wrong and never repeats it."""
    problems = [*_missing(values), *_malformed(values)]
    if problems:
        raise ValueError("; ".join(problems))
    return Status(number, values, moment(values["at"], zone), raw, media_type)


def with_details(report: Report, *more: tuple[str, str]) -> Report:
    return replace(report, details=(*report.details, *more))


def _missing(values: Mapping[str, str]) -> Iterable[str]:
    yield from (f"{name} is missing" for name in NEEDED if not values.get(name))
    if values.get("status") == "DELIVERED" and not values.get("received_by"):
        yield "received_by is missing: somebody signed for it"


def _malformed(values: Mapping[str, str]) -> Iterable[str]:
    forms = {"reference": REFERENCE, "attempt": ATTEMPT, "note": NAME, "note_sha256": SHA256}
    for name, form in forms.items():
        if values.get(name) and not form.fullmatch(values[name]):
            yield f"{name} is not well formed"
    if values.get("status") and values["status"] not in KINDS:
        yield f"status is none of {', '.join(KINDS)}"
    if values.get("reason") and (values["reason"] not in REASONS or values.get("status") != "RETURNED"):
        yield f"reason goes with RETURNED, and is one of {', '.join(REASONS)}"
    if values.get("note_sha256") and not values.get("note"):
        yield "note_sha256 needs a note"
    yield from (f"{name} is too long" for name, value in values.items() if len(value) > LONGEST)
