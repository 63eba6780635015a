"""Delivery status notifications (RFC 3464): what a receiving system says became of the message.

Of several recipients in one notification, as of an alias that stands for many, the best that became of any is
what is told: a message that arrived somewhere has arrived.
"""

import re
from collections.abc import Sequence

from gateway.adapters.bounces.incoming import (
    Incoming,
    Mail,
    decoded,
    fields,
    from_xtext,
    header,
    instant,
    payload,
)
from gateway.adapters.bounces.return_paths import as_mark
from gateway.adapters.bounces.told import Told
from gateway.domain.mail_status import STATUS, reason
from gateway.domain.reports import Failure, ReportKind

TYPES = ("message/delivery-status", "message/global-delivery-status")
# Best first. An expansion hands over to many, of whom nothing more will be heard: it proves no delivery.
ACTIONS = {
    "delivered": ReportKind.DELIVERED,
    "expanded": ReportKind.SENT,
    "relayed": ReportKind.SENT,
    "delayed": ReportKind.DELAYED,
    "failed": ReportKind.FAILED,
}
BY_CLASS = {"2": "delivered", "4": "delayed", "5": "failed"}
TYPED = re.compile(r"^[A-Za-z0-9.-]{1,40};\s*")
MOST = 50


def notification(incoming: Incoming) -> Told | None:
    """None for a mail that is no such notification, or says of nobody what became of the message."""
    part = next((each for each in incoming.parts() if each.get_content_type() in TYPES), None)
    blocks = _blocks(part) if part is not None else ()
    told = [each for each in blocks if _action(each)]
    if not told:
        return None
    about = min(told, key=lambda each: list(ACTIONS).index(_action(each)))
    return _told(incoming, about, blocks, len(told))


def envelope_id(incoming: Incoming) -> str:
    """The mark in Original-Envelope-Id, if it is one."""
    part = next((each for each in incoming.parts() if each.get_content_type() in TYPES), None)
    given = _first(_blocks(part), "Original-Envelope-Id") if part is not None else ""
    return as_mark(from_xtext(given))


def _told(incoming: Incoming, about: "Mail[str, str]", blocks: "Sequence[Mail[str, str]]", of: int) -> Told:
    action = _action(about)
    kind, status = ACTIONS[action], header(about, "Status").partition(" ")[0]
    diagnostic = _plain(header(about, "Diagnostic-Code"))
    failure: Failure | None = None
    if kind in {ReportKind.FAILED, ReportKind.DELAYED}:
        failure = reason(status, diagnostic)
        if failure is Failure.OTHER:
            failure = reason("", incoming.text()[:4000])
    dates = (header(about, "Last-Attempt-Date"), header(incoming.mail, "Date"))
    arrived = _first(blocks, "Arrival-Date")
    return Told(
        kind,
        at=next((found for found in map(instant, (*dates, arrived)) if found), None),
        failure=failure,
        details=(
            ("action", action),
            ("status", status),
            ("diagnostic", diagnostic),
            ("final_recipient", _plain(header(about, "Final-Recipient"))),
            ("original_recipient", _plain(header(about, "Original-Recipient"))),
            ("remote_mta", _plain(header(about, "Remote-MTA"))),
            ("reporting_mta", _plain(_first(blocks, "Reporting-MTA"))),
            ("arrived_at", arrived),
            ("recipients", str(of) if of > 1 else ""),
        ),
    )


def _blocks(part: "Mail[str, str]") -> "Sequence[Mail[str, str]]":
    """Groups of fields: Python parses them, unless they were sent encoded."""
    if parsed := payload(part):
        return [each for each in parsed if each.keys()][:MOST]
    texts = re.split(r"(?:\r?\n){2,}", decoded(part))[:MOST]
    return [each for each in map(fields, texts) if each.keys()]


def _action(block: "Mail[str, str]") -> str:
    """Known by its own word, else by the class of the status."""
    word = header(block, "Action").partition(" ")[0].rstrip(";,").lower()
    if word in ACTIONS:
        return word
    status = STATUS.search(header(block, "Status"))
    return BY_CLASS[status[1]] if status else ""


def _first(blocks: "Sequence[Mail[str, str]]", name: str) -> str:
    return next((found for found in (header(each, name) for each in blocks) if found), "")


def _plain(value: str) -> str:
    """Without the type before it (`rfc822;`, `smtp;`, `dns;`)."""
    return from_xtext(TYPED.sub("", value)) if "@" in value and " " not in value else TYPED.sub("", value)
