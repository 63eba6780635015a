"""Which notice is meant: the first one of a recipient, or one that was asked for again by a person.

Each series has effects of its own, so that a notice that left before is never mistaken for a later one.
"""

from collections.abc import Sequence
from datetime import datetime

from gateway.domain.delivery import Channel
from gateway.domain.participation import turn_of
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.states import State
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import UnitOfWork


def subject_of(recipient: RecipientRecord) -> str:
    """What a NOTIFY task calls the recipient's present series."""
    return f"{recipient.position}.{recipient.series}" if recipient.series else str(recipient.position)


def meant(subject: str) -> tuple[int, int]:
    """Position and series."""
    position, _, series = subject.partition(".")
    return int(position), int(series or 0)


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
) -> bool:
    """Queue the recipient's present series; False when their turn comes later, and with it the notice."""
    if record.state < State.SEALED or recipient.asked.order > turn_of(recipients):
        return False
    due_at = max(record.start_at, now)
    uow.tasks.add(new_task(Kind.NOTIFY, record.guid, due_at, subject_of(recipient)))
    return True
