"""What is no word on a delivery: complaints (RFC 5965), programs' answers (RFC 3834, RFC 8098), people's."""

import re

from gateway.adapters.bounces.incoming import Incoming, Mail, decoded, fields, header, instant, payload
from gateway.adapters.bounces.told import Told
from gateway.domain.reports import ReportKind

# RFC 5965, section 7.3, with what came later; the others are no complaint of a recipient.
COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})
PRECEDENCE = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})
MARKS_OF_PROGRAMS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-Suppress")
SUBJECT = re.compile(
    r"^\W*(auto(matic|matische)?.?(re(ply|sponse|spuesta)|matically)|automatic reply|out of (the )?office"
    r"|vacation|fuera de (la )?oficina|respuesta autom[aá]tica|ausencia|resposta autom[aà]tica"
    r"|I am away|estoy fuera)",
    re.IGNORECASE,
)
AUTOMATIC = ("automatic", "yes")


def complaint(incoming: Incoming) -> Told | None:
    part = incoming.part("message/feedback-report")
    if part is None:
        return None
    told = _fields(part)
    kind = header(told, "Feedback-Type").lower()
    return Told(
        ReportKind.COMPLAINED if kind in COMPLAINTS or not kind else ReportKind.REPLIED,
        at=instant(header(told, "Arrival-Date")) or instant(header(incoming.mail, "Date")),
        details=(
            ("feedback_type", kind),
            ("original_recipient", header(told, "Original-Rcpt-To").strip("<>")),
            ("reporting_mta", header(told, "Reporting-MTA")),
            ("user_agent", header(told, "User-Agent")),
            ("source_ip", header(told, "Source-IP")),
            *(() if kind in COMPLAINTS else (AUTOMATIC,)),
        ),
    )


def disposition(incoming: Incoming) -> Told | None:
    """A reading confirmation: a program's word, whatever it says somebody did."""
    part = incoming.part("message/disposition-notification")
    if part is None:
        return None
    said = header(_fields(part), "Disposition")
    return _answer(incoming, AUTOMATIC, ("disposition", said))


def answer(incoming: Incoming) -> Told:
    """Everything else is somebody's answer, a program's if it says so."""
    return _answer(incoming, AUTOMATIC) if _automatic(incoming) else _answer(incoming)


def _answer(incoming: Incoming, *more: tuple[str, str]) -> Told:
    details = (*more, ("from", incoming.author))
    return Told(ReportKind.REPLIED, at=instant(header(incoming.mail, "Date")), details=details)


def _automatic(incoming: Incoming) -> bool:
    mail = incoming.mail
    submitted = header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if header(mail, "Precedence").lower() in PRECEDENCE or any(mail.get(name) for name in MARKS_OF_PROGRAMS):
        return True
    return not incoming.sender or SUBJECT.search(incoming.subject) is not None


def _fields(part: "Mail[str, str]") -> "Mail[str, str]":
    """Its fields: Python parses some of these types as messages, and others as text."""
    parsed = payload(part)
    return parsed[0] if parsed else fields(decoded(part))
