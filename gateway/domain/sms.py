"""What operators say of an SMS, in the gateway's words: states, reasons and instants. Pure.

Words of SMPP 3.4 (5.2.28 and appendix B) and of the usual HTTP interfaces; whoever's differ, settings add.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo

from gateway.domain.reports import Failure, ReportKind

# A state that the operator itself does not know (UNKNOWN) decides nothing.
STATES: dict[str, ReportKind] = {
    "ACCEPTD": ReportKind.SENT,
    "ACCEPTED": ReportKind.SENT,
    "SENT": ReportKind.SENT,
    "ENROUTE": ReportKind.DELAYED,
    "BUFFERED": ReportKind.DELAYED,
    "DELAYED": ReportKind.DELAYED,
    "UNKNOWN": ReportKind.DELAYED,
    "DELIVRD": ReportKind.DELIVERED,
    "DELIVERED": ReportKind.DELIVERED,
    "EXPIRED": ReportKind.FAILED,
    "DELETED": ReportKind.FAILED,
    "UNDELIV": ReportKind.FAILED,
    "UNDELIVERED": ReportKind.FAILED,
    "UNDELIVERABLE": ReportKind.FAILED,
    "REJECTD": ReportKind.FAILED,
    "REJECTED": ReportKind.FAILED,
    "FAILED": ReportKind.FAILED,
}
# SMPP 3.4, 5.2.28: message_state.
BY_NUMBER = (
    *("", "ENROUTE", "DELIVERED", "EXPIRED", "DELETED", "UNDELIVERABLE", "ACCEPTED", "UNKNOWN", "REJECTED"),
)
# Ten parts of 153 letters: what operators take; what is longer is no SMS any more.
LONGEST = 1530
COMPACT = re.compile(r"\d{10}(\d\d)?")
EPOCH = re.compile(r"\d{9,10}|\d{13}")


def certified_sms_rules(body: str, documents: int) -> Iterator[str]:
    """What is certified is the text itself, and nothing goes with it."""
    if not body.strip():
        yield "CERTIFIED_SMS needs a body"
    if len(body) > LONGEST:
        yield f"CERTIFIED_SMS has a body of {LONGEST} characters at most"
    if documents:
        yield "CERTIFIED_SMS has no documents: a text goes alone"


def kind_of(word: str, more: Mapping[str, ReportKind]) -> ReportKind | None:
    """None for a word that nobody knows."""
    return more.get(word.upper(), STATES.get(word.upper()))


def failure_of(error: str, table: Mapping[str, Failure]) -> Failure:
    """By the operator's code, however many zeros it begins with."""
    return table.get(error.strip().lower().lstrip("0"), Failure.OTHER)


def instant(text: str, zone: tzinfo) -> datetime | None:
    """Aware and UTC: YYMMDDhhmm[ss], ISO 8601 or seconds since 1970; without offset in the operator's zone.

    None for what is no instant. Ten digits that are a date of this century are taken for one.
    """
    written = text.strip()
    found = _compact(written) if COMPACT.fullmatch(written) else None
    if found is None and EPOCH.fullmatch(written):
        return datetime.fromtimestamp(int(written[:10]), UTC)
    if found is None:
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _compact(digits: str) -> datetime | None:
    try:
        return datetime.strptime(digits.ljust(12, "0"), "%y%m%d%H%M%S")  # noqa: DTZ007 - its zone comes later
    except ValueError:
        return None
