"""By which channel a recipient is written to once all is over, if at all."""

from collections.abc import Sequence

from gateway.domain.delivery import Channel, Effect, Outcome, Purpose
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.results import POSITIVE, RecipientState

# The contact on record is known to be a stranger's, or to reach nobody.
NEVER = frozenset({RecipientState.WITHDRAWN, RecipientState.UNREACHABLE})
CAME = frozenset({Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.UNKNOWN})


def notified_by(recipient: RecipientRecord, effects: Sequence[Effect]) -> Channel | None:
    """The channel of a notice that reached their present contact, as far as is known; e-mail before SMS."""
    since = recipient.corrected_at
    channels = {
        effect.channel
        for effect in effects
        if effect.purpose is Purpose.NOTICE
        and effect.position == recipient.position
        and effect.outcome in CAME
        and (since is None or effect.intended_at >= since)
    }
    if recipient.state in NEVER or not channels:
        return None
    if Channel.EMAIL in channels:
        return Channel.EMAIL
    # What was read out can be written to the same telephone; a letter and the issuer's own page cannot.
    return Channel.SMS if channels & {Channel.SMS, Channel.VOICE} else None


def gets_copy(record: TransactionRecord, recipient: RecipientRecord, effects: Sequence[Effect]) -> bool:
    """Whether the issuer wants them to have a copy by e-mail at the end, and one can reach them."""
    by_mail = notified_by(recipient, effects) is Channel.EMAIL
    return record.asked.flow.send_copy and by_mail and recipient.state in POSITIVE


def contact_of(recipient: RecipientRecord) -> tuple[Channel, str] | None:
    """Where a copy that they asked for is sent: the mailbox on record, else the telephone."""
    if recipient.state in NEVER:
        return None
    asked = recipient.asked
    if asked.email:
        return Channel.EMAIL, asked.email
    return (Channel.SMS, asked.phone) if asked.phone else None
