"""What was sent to a recipient to notify them, and where to."""

from gateway.domain.delivery import Channel, Effect, Outcome, Purpose
from gateway.domain.record import RecipientRecord
from gateway.usecases.notice_series import effect_of
from gateway.usecases.ports import UnitOfWork


def notices(uow: UnitOfWork, recipient: RecipientRecord) -> list[Effect]:
    """Everything that was sent to the recipient's present contact to notify them."""
    since = recipient.corrected_at
    return [
        each
        for each in uow.effects.of(recipient.guid)
        if each.purpose in {Purpose.NOTICE, Purpose.REMINDER}
        and each.position == recipient.position
        and (since is None or each.intended_at >= since)
    ]


def abandoned(recipient: RecipientRecord, attempt: Effect) -> bool:
    """Whether the last attempt at a message failed, and a later series has taken its place: it is not tried
    again."""
    series = attempt.id.rpartition(".")[0]
    return attempt.outcome is Outcome.NOT_SENT and series != effect_of(recipient, attempt.channel)


def address_of(recipient: RecipientRecord, channel: Channel) -> str:
    """Where a message to the recipient goes: mailbox, telephone, or postal address in one line."""
    if channel is Channel.EMAIL:
        return recipient.asked.email
    if channel is Channel.POSTAL:
        place = recipient.asked.postal_address
        lines = (place.line1, place.line2, place.postal_code, place.city, place.country) if place else ()
        return ", ".join(line for line in lines if line)
    return recipient.asked.phone
