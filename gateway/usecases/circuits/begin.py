"""Where circuits begin: with a recipient's first notice, and anew with that to a corrected contact."""

from datetime import datetime

from gateway.domain.circuits import Condition, Limits, Rule
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.retention import Duration
from gateway.usecases.circuits.history import circuit_of
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import UnitOfWork


def begin(uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord, due_at: datetime) -> None:
    """Queue the look that the first timed rule needs; what a failure sets off needs none."""
    timed = [rule.after for rule in circuit_of(uow, record, Limits()).rules if _timed(rule)]
    moments = [moment for after in timed if (moment := _after(after, due_at)) and moment < record.close_at]
    if moments:
        subject = str(recipient.position)
        uow.tasks.add(new_task(Kind.CIRCUIT, record.guid, min(moments), subject, lane=record.lane))


def look_again(uow: UnitOfWork, record: TransactionRecord, now: datetime) -> None:
    """Deadlines have come nearer: look now at what every recipient is due."""
    if circuit_of(uow, record, Limits()).rules:
        for each in uow.recipients.of(record.guid):
            if not each.state.terminal:
                uow.tasks.add(new_task(Kind.CIRCUIT, record.guid, now, str(each.position), lane=record.lane))


def _timed(rule: Rule) -> bool:
    return rule.condition is not Condition.UNDELIVERED or rule.after != Duration()


def _after(after: Duration, start: datetime) -> datetime | None:
    try:
        return after.after(start)
    except ValueError:
        return None
