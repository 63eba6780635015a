"""From a mail to the report that it is: what it tells, about which message, and whether it may be believed.

That the mail was sent to an address which nobody can guess is its protection (decision 0048). One that is
about another message than its address says is kept, and has no consequences.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.adapters.bounces import answers, dsn, loose
from gateway.adapters.bounces.incoming import LONGEST, Incoming, header, marks
from gateway.adapters.bounces.told import Told
from gateway.domain.delivery import Channel
from gateway.domain.reports import MISMATCH, Report, ReportKind
from gateway.domain.wording import keepable

MEDIA_TYPE = "message/rfc822"
# A clock that is wrong by more than that tells nothing.
BELIEVED = timedelta(days=60)
READERS = (dsn.notification, answers.complaint, answers.disposition, loose.bounce)


def named(incoming: Incoming) -> list[str]:
    """The marks of messages that the mail says it is about: the original's, and those that it answers."""
    original = incoming.original()
    about = [dsn.envelope_id(incoming)]
    about += marks(original, "Message-ID") if original is not None else []
    return [mark for mark in about if mark]


def answered(incoming: Incoming) -> list[str]:
    """As `named`, and those of the messages that it answers."""
    return [*named(incoming), *marks(incoming.mail, "In-Reply-To", "References")]


def report(incoming: Incoming, mark: str, address: str, now: datetime) -> Report:
    """`mark` names the message, which went to `address`; `now` stands in for a time that nobody believes."""
    told = _told(incoming)
    details = list(told.details)
    if any(other != mark for other in named(incoming)):
        told = replace(told, kind=ReportKind.REPLIED, failure=None)
        details.append((MISMATCH, "yes"))
    final = dict(details).get("final_recipient", "")
    if final and final.lower() != address.lower():
        details.append(("forwarded", "yes"))
    at = told.at if told.at is not None and abs(now - told.at) <= BELIEVED else now
    details.append(("told_at", header(incoming.mail, "Date")))
    return Report(
        channel=Channel.EMAIL,
        kind=told.kind,
        at=at,
        raw=incoming.octets,
        media_type=MEDIA_TYPE,
        reference=mark,
        failure=told.failure,
        details=tuple((name, keepable(value, LONGEST)) for name, value in details if value),
        key=incoming.identity,
    )


def _told(incoming: Incoming) -> Told:
    for reader in READERS:
        found = reader(incoming)
        if found is not None:
            return found
    return answers.answer(incoming)
