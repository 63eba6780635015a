"""A recipient's outcome, and what follows for the whole transaction: state 9 or 10 and its result."""

from dataclasses import dataclass, replace

from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import TransactionRecord
from gateway.domain.results import RecipientState, Result, combined
from gateway.domain.states import Event
from gateway.domain.wording import keepable
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, UnitOfWork, Wake
from gateway.usecases.seal import notify_next
from gateway.usecases.visit import Visit, visit_of

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a recipient ends: terminal state, result of their own, evidence, reason if they gave one."""

    state: RecipientState
    result: Result
    evidence: ErdsEvent
    reason: str = ""
    details: tuple[tuple[str, str], ...] = ()


def settle(uow: UnitOfWork, journal: Journal, here: Visit, outcome: Outcome) -> TransactionRecord:
    """End one recipient, and queue the notices of those whose turn comes by it."""
    here = end(uow, journal, here, outcome)
    if not here.record.state.closed_to_access:
        notify_next(uow, here.record, here.recipients, here.recipient.asked.order)
    return here.record


def end(uow: UnitOfWork, journal: Journal, here: Visit, outcome: Outcome) -> Visit:
    """End one recipient; the transaction moves to 9, or to 10 with its result and the task that closes it."""
    changed = replace(
        here.recipient,
        state=outcome.state,
        result=outcome.result,
        decided_at=here.at,
        reason=outcome.reason,
    )
    here = here.after(uow, changed)
    reason = (("reason", outcome.reason),) if outcome.reason else ()
    what = Happening(here.at, changed.position, outcome.evidence, (*outcome.details, *reason))
    if not all(recipient.state.terminal for recipient in here.recipients):
        return replace(here, record=journal.moved(uow, here.record, Event.DECIDED_SOME, what))
    result = combined([recipient.result for recipient in here.recipients])
    record = journal.moved(uow, here.record, Event.DECIDED_ALL, what, result)
    uow.tasks.add(new_task(Kind.CLOSE, record.guid, here.at, lane=record.lane))
    return replace(here, record=record)


@dataclass(frozen=True, slots=True)
class Refuse:
    """The recipient's own no: rejects with a reason, or says "this is not my phone: cancel"."""

    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def reject(self, session: Session, reason: str) -> str:
        """Returns the issuer's return URL. Raises GatewayError(CLOSED)."""
        return self._end(
            session, RecipientState.REJECTED, Result.REJECTED, None, keepable(reason, MAX_REASON)
        )

    def withdraw(self, session: Session) -> str:
        """Returns the issuer's return URL. Raises GatewayError(CLOSED)."""
        result = Result.WITHDRAWN_BY_RECIPIENT
        return self._end(session, RecipientState.WITHDRAWN, result, ErdsEvent.WITHDRAWN, "")

    def _end(
        self,
        session: Session,
        state: RecipientState,
        result: Result,
        evidence: ErdsEvent | None,
        reason: str,
    ) -> str:
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            chosen = evidence or here.record.profile.negative
            record = settle(uow, self.journal, here, Outcome(state, result, chosen, reason))
            uow.commit()
        self.wake()
        return record.asked.return_url
