"""Delivery receipts of an SMSC: from a deliver_sm to a report, by its optional parameters and by its text.

Only what the SMSC itself marks as a receipt is one: anybody may write a text that looks like it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from gateway.adapters.channels.sms.pdus import LATER, NO_SUCH_NUMBER, OK, UNIT, Unit, status_name
from gateway.domain.delivery import Channel
from gateway.domain.reports import Failure, Report, ReportKind
from gateway.domain.sms import BY_NUMBER, failure_of, instant, kind_of

# esm_class, bits 5 to 2 (SMPP 3.4, 5.2.12): receipt, and notification on the way.
TYPE, RECEIPT, ON_THE_WAY = 0x3C, 0x04, 0x20
# SMPP 3.4, appendix B; operators differ in letters and in what they leave out.
FIELDS = re.compile(r"\b(id|sub|dlvrd|submit date|done date|stat|err):\s*(\S*)", re.IGNORECASE)
ECHO, DIGIT = re.compile(rb"\btext:", re.IGNORECASE), re.compile(rb"\d")
GSM_ERROR = slice(1, 3)


class NoReceipt(ValueError):
    """A deliver_sm that reports on no message that could be named."""


def _same(written: str) -> str:
    return written


def _hexadecimal(written: str) -> str:
    """Of hexadecimal digits, without leading zeros; what is none stays."""
    return format(int(written, 16), "x") if re.fullmatch("[0-9A-Fa-f]+", written) else written


def _decimal(written: str) -> str:
    return str(int(written)) if written.isdecimal() and written.isascii() else written


def _to_hexadecimal(written: str) -> str:
    return format(int(written), "x") if written.isdecimal() and written.isascii() else written


def _to_decimal(written: str) -> str:
    return str(int(written, 16)) if re.fullmatch("[0-9A-Fa-f]+", written) else written


@dataclass(frozen=True, slots=True)
class Ids:
    """How the SMSC writes one message's id: in its answer, and in the text of the receipt."""

    answered: Callable[[str], str] = _same
    told: Callable[[str], str] = _same


IDS = {
    "as_is": Ids(),
    "decimal_to_hex": Ids(_hexadecimal, _to_hexadecimal),
    "hex_to_decimal": Ids(_decimal, _to_decimal),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """What is its own of an operator's receipts."""

    provider: str
    zone: tzinfo
    ids: Ids = field(default_factory=Ids)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    states: Mapping[str, ReportKind] = field(default_factory=dict)


def is_receipt(unit: Unit) -> bool:
    return unit.number("esm_class") & TYPE in {RECEIPT, ON_THE_WAY}


def report(unit: Unit, by: Operator, now: datetime) -> Report:
    """What it tells of which message, raw octets and all. Raises NoReceipt."""
    content = unit.fields.get("message_payload") or unit.fields.get("short_message") or b""
    text = content.decode("latin-1")
    said = {name.lower(): value for name, value in reversed(FIELDS.findall(text))}
    # The parameter is the id as it was answered; the text may write it otherwise.
    parameter = unit.text("receipted_message_id")
    reference = by.ids.answered(parameter) if parameter else by.ids.told(said.get("id", ""))
    state = said.get("stat") or _state(unit)
    kind = kind_of(state, by.states)
    if not reference or kind is None:
        raise NoReceipt("no id" if not reference else "no state that is known")
    if unit.number("esm_class") & TYPE == ON_THE_WAY and kind is ReportKind.FAILED:
        kind = ReportKind.DELAYED
    error = _error(unit, said.get("err", ""))
    details = (("state", state), ("error", error), ("done_date", said.get("done date", "")))
    return Report(
        Channel.SMS,
        kind,
        instant(said.get("done date", ""), by.zone) or now,
        unit.raw.replace(content, _without_echo(content), 1),
        UNIT,
        reference=reference,
        provider=by.provider,
        failure=failure_of(error, by.failures) if kind is ReportKind.FAILED else None,
        details=tuple((name, value[:60]) for name, value in details if value),
    )


def late_answer(unit: Unit, by: Operator, mark: str, number: int, now: datetime) -> Report | None:
    """What an answer tells that came when nobody waited for it any more; None when it tells nothing.

    By the SMSC's id receipts of that part are known from then on."""
    details = (("state", status_name(unit.status)),)
    name = by.ids.answered(unit.text("message_id"))
    if unit.status == OK and name:
        names = ((number, name),)
        return Report(
            Channel.SMS,
            ReportKind.SENT,
            now,
            unit.raw,
            UNIT,
            "",
            mark,
            by.provider,
            number,
            None,
            details,
            names=names,
        )
    if unit.status == OK or unit.status in LATER:
        return None
    failure = Failure.UNKNOWN_NUMBER if unit.status in NO_SUCH_NUMBER else Failure.OTHER
    return Report(
        Channel.SMS, ReportKind.FAILED, now, unit.raw, UNIT, "", mark, by.provider, number, failure, details
    )


def _without_echo(content: bytes) -> bytes:
    """Some SMSCs repeat how our own text began, and a code may stand there: its digits are not kept."""
    found = ECHO.search(content)
    return content if found is None else content[: found.end()] + DIGIT.sub(b"*", content[found.end() :])


def _state(unit: Unit) -> str:
    number = unit.number("message_state")
    return BY_NUMBER[number] if number < len(BY_NUMBER) else ""


def _error(unit: Unit, said: str) -> str:
    """The text's, unless it says nothing; then the network's (network type, code)."""
    network = unit.fields.get("network_error_code") or b""
    if said.strip("0") or len(network) != 3:
        return said
    return str(int.from_bytes(network[GSM_ERROR]))
