"""Bounces that follow no standard, as programs of all times write them: flufl.bounce knows most.

It is asked only where the mail looks like a machine's word on a delivery: its detectors would see one in a
person's answer that quotes one.
"""

import logging
import re

from flufl.bounce import all_failures

from gateway.adapters.bounces.incoming import Incoming, header, instant
from gateway.adapters.bounces.told import Told
from gateway.domain.mail_status import STATUS, reason
from gateway.domain.reports import ReportKind
from gateway.domain.wording import keepable

log = logging.getLogger(__name__)
DAEMON = re.compile(
    r"(mailer-?daemon|post-?master|mail-?delivery|mdaemon|no-?reply-?bounce|bounces?)\b.*@?.*"
)
SUBJECT = re.compile(
    r"undeliver|returned mail|mail delivery (failed|failure)|delivery (status )?(notification|failure|report)"
    r"|failure notice|delivery (has )?failed|non.?delivery|message (delayed|could not be delivered)"
    r"|mail failure|no (se )?(ha )?(podido )?entreg|no entregad|devuelto|error de entrega"
    r"|delivery (of|delayed)|warning: message",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"delay|warning|will (continue|keep) (to try|trying)|not need to (re)?send|retras|no es necesario (que )?"
    r"(lo |la )?(re)?env|seguir[aá] intentando",
    re.IGNORECASE,
)
READ = 8000


def bounce(incoming: Incoming) -> Told | None:
    """None for what is none, as far as can be told."""
    daemon = DAEMON.fullmatch(incoming.author) is not None or bool(
        header(incoming.mail, "X-Failed-Recipients")
    )
    if not daemon and not (not incoming.sender and SUBJECT.search(incoming.subject)):
        return None
    text = incoming.text()[:READ]
    temporary, permanent = _found(incoming)
    if not temporary and not permanent and not SUBJECT.search(incoming.subject):
        return None
    late = DELAYED.search(f"{incoming.subject}\n{text}") is not None
    kind = ReportKind.DELAYED if not permanent and (temporary or late) else ReportKind.FAILED
    status = STATUS.search(text)
    recipients = sorted((permanent or temporary), key=str)
    return Told(
        kind,
        at=instant(header(incoming.mail, "Date")),
        failure=reason(status[0] if status else "", f"{incoming.subject}\n{text}"),
        details=(
            ("standard", "no"),
            ("status", status[0] if status else ""),
            ("final_recipient", keepable(recipients[0].decode("utf-8", "replace")) if recipients else ""),
            ("reporting_mta", incoming.author.rpartition("@")[2]),
        ),
    )


def _found(incoming: Incoming) -> tuple[frozenset[bytes], frozenset[bytes]]:
    try:
        temporary, permanent = all_failures(incoming.mail)
    except Exception as error:
        # Its detectors stumble over what no program of theirs wrote; then words decide.
        log.info("flufl.bounce could not read a mail: %s", type(error).__name__)
        return frozenset(), frozenset()
    return temporary, permanent
