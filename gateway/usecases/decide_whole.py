"""State 10 for a transaction that no recipient decides: custody once it is sealed, or time that ran out.

What recipients decide is in `decide`; here the whole transaction has its outcome at once.
"""

from gateway.domain.record import TransactionRecord
from gateway.domain.results import Result
from gateway.domain.states import Event
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import UnitOfWork


def decide_whole(
    uow: UnitOfWork, journal: Journal, record: TransactionRecord, what: Happening, result: Result
) -> TransactionRecord:
    """To 10 with its result and the task that closes it. Raises GatewayError(CLOSED) when it is there."""
    decided = journal.moved(uow, record, Event.DECIDED_ALL, what, result)
    uow.tasks.add(new_task(Kind.CLOSE, record.guid, what.at, lane=record.lane))
    return decided
