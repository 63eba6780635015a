"""How a recipient of a service without an act ends: by what reached them, not by what they did.

They keep the state that they reached; their result says how it ended. What recipients decide is in `decide`.
"""

from dataclasses import replace
from datetime import datetime

from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.results import RecipientState, Result, combined
from gateway.domain.states import Event
from gateway.usecases.decide_whole import decide_whole
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import UnitOfWork


def conclude_one(
    uow: UnitOfWork,
    journal: Journal,
    record: TransactionRecord,
    recipient: RecipientRecord,
    state: RecipientState,
    result: Result,
    at: datetime,
    evidence: ErdsEvent | None = None,
    details: tuple[tuple[str, str], ...] = (),
) -> TransactionRecord:
    """End one recipient; the transaction moves to 9, or to 10 when no other is left open.

    Who ended before keeps their end. Without `evidence` the end has one already, noted before.
    """
    if recipient.result is not Result.PENDING or record.state.closed_to_access:
        return record
    uow.recipients.replace(recipient, replace(recipient, state=state, result=result, decided_at=at))
    results = [each.result for each in uow.recipients.of(record.guid)]
    what = Happening(at, recipient.position, evidence, details or (("recipient_state", state.value),))
    if Result.PENDING in results:
        return journal.moved(uow, record, Event.DECIDED_SOME, what)
    return decide_whole(uow, journal, record, what, combined(results))
