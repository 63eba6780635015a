"""Which notice is meant: the first one of a recipient, or one that was asked for again by a person.

Each series has effects of its own, so that a notice that left before is never mistaken for a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.delivery import Channel
from gateway.domain.participation import turn_of
from gateway.domain.parties import NoticeMethod
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.states import State
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import UnitOfWork

CHANNELS: dict[NoticeMethod, tuple[Channel, ...]] = {
    NoticeMethod.EMAIL: (Channel.EMAIL,),
    NoticeMethod.SMS: (Channel.SMS,),
    NoticeMethod.EMAIL_AND_SMS: (Channel.EMAIL, Channel.SMS),
    NoticeMethod.VOICE: (Channel.VOICE,),
    NoticeMethod.POSTAL: (Channel.POSTAL,),
    # The issuer hands the link over, by GetAccessUrl.
    NoticeMethod.WEB: (),
}


def subject_of(recipient: RecipientRecord, channel: Channel | None = None) -> str:
    """What a NOTIFY task calls the recipient's present series, by one channel if that is named."""
    if channel is not None:
        return f"{recipient.position}.{recipient.series}.{channel.value}"
    return f"{recipient.position}.{recipient.series}" if recipient.series else str(recipient.position)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a NOTIFY task asks for; without `channel` those of the recipient's notice method."""

    position: int
    series: int = 0
    channel: Channel | None = None

    def channels(self, recipient: RecipientRecord) -> tuple[Channel, ...]:
        return (self.channel,) if self.channel else CHANNELS[recipient.asked.notice_method]


def meant(subject: str) -> Meant:
    """Of the task's subject: `position[.series[.CHANNEL]]`."""
    position, _, rest = subject.partition(".")
    series, _, channel = rest.partition(".")
    return Meant(int(position), int(series or 0), Channel(channel) if channel else None)


def effect_of(recipient: RecipientRecord, channel: Channel) -> str:
    """The series' name among the effects; the first one's is as it was before there were others."""
    series = f"{recipient.series}-" if recipient.series else ""
    return f"notice-{recipient.guid}-{recipient.position}-{series}{channel.value}"


def queue(
    uow: UnitOfWork,
    record: TransactionRecord,
    recipients: Sequence[RecipientRecord],
    recipient: RecipientRecord,
    now: datetime,
    channel: Channel | None = None,
) -> bool:
    """Queue the recipient's present series, by one channel if that is named; False when their turn comes
    later, and with it the notice."""
    if record.state < State.SEALED or recipient.asked.order > turn_of(recipients):
        return False
    due_at = max(record.start_at, now)
    uow.tasks.add(new_task(Kind.NOTIFY, record.guid, due_at, subject_of(recipient, channel)))
    return True
