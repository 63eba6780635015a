"""A recipient's outcome, and what follows for the whole transaction: state 9 or 10 and its result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.domain.catalogue import Act, Decision
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.flow import OnReject
from gateway.domain.participation import Role, deciders, role_of
from gateway.domain.record import RecipientRecord, TransactionRecord
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
    """How a recipient ends: terminal state, result of their own, evidence, reason if they gave one.

    Without `evidence` the act has its own already.
    """

    state: RecipientState
    result: Result
    evidence: ErdsEvent | None
    reason: str = ""
    details: tuple[tuple[str, str], ...] = ()


def settle(uow: UnitOfWork, journal: Journal, here: Visit, outcome: Outcome) -> TransactionRecord:
    """End one recipient, and queue the notices of those whose turn comes by it."""
    here = end(uow, journal, here, outcome)
    decided = here.recipient in deciders(here.recipients)
    if decided and not here.record.state.closed_to_access:
        notify_next(uow, here.record, here.recipients, here.recipient.asked.order)
    return here.record


def end(uow: UnitOfWork, journal: Journal, here: Visit, outcome: Outcome) -> Visit:
    """End one recipient; the transaction moves to 9, or to 10 with its result and the task that closes it.

    It is decided once everybody who decides is terminal, or at the first rejection by the issuer's rule.
    Whoever has acknowledged has accepted, whatever else would end them now.
    """
    acknowledged_at = here.recipient.acknowledged_at
    if acknowledged_at is not None:
        outcome = accepted(uow, here)
    changed = replace(
        here.recipient,
        state=outcome.state,
        result=outcome.result,
        decided_at=acknowledged_at or here.at,
        reason=outcome.reason,
    )
    here = here.after(uow, changed)
    reason = (("reason", outcome.reason),) if outcome.reason else ()
    details = (*outcome.details, *reason, *here.audit)
    what = Happening(here.at, changed.position, outcome.evidence, details)
    deciding = deciders(here.recipients)
    if changed not in deciding:
        # Whoever only reads moves nothing, and their end is no decision.
        journal.noted(uow, here.record, "READER_ENDED", what)
        return here
    results = [_result(each) for each in deciding]
    ended_by_it = outcome.result is Result.REJECTED and here.record.asked.flow.on_reject is OnReject.END
    period = here.record.profile.decision is Decision.PERIOD_END
    if period or not (ended_by_it or all(each.state.terminal for each in deciding)):
        return replace(here, record=journal.moved(uow, here.record, Event.DECIDED_SOME, what))
    result = combined([each for each in results if each is not Result.PENDING])
    record = journal.moved(uow, here.record, Event.DECIDED_ALL, what, result)
    uow.tasks.add(new_task(Kind.CLOSE, record.guid, here.at, lane=record.lane))
    here = replace(here, record=record)
    _left_open(uow, journal, here, changed.position if ended_by_it else None)
    return here


def _result(recipient: RecipientRecord) -> Result:
    """Who acknowledged a notification, and reads it still, has made their act."""
    acknowledged = recipient.acknowledged_at is not None and not recipient.state.terminal
    return Result.COMPLETED if acknowledged else recipient.result


def _left_open(uow: UnitOfWork, journal: Journal, here: Visit, rejected_by: int | None) -> None:
    """Who had not decided, or not read, keeps their state; an event says that it ended before they did."""
    why = (("ended_by", str(rejected_by + 1)),) if rejected_by is not None else ()
    settle_acknowledged(uow, here.recipients)
    for each in here.recipients:
        if each.acknowledged_at is None and not each.state.terminal:
            details = (("recipient_state", each.state.value), *why)
            journal.noted(uow, here.record, "LEFT_OPEN", Happening(here.at, each.position, details=details))


def settle_acknowledged(uow: UnitOfWork, recipients: Sequence[RecipientRecord]) -> None:
    """Who acknowledged a notification, and reads it still, has accepted it, whoever ends the whole meanwhile.

    Raises GatewayError(TEMPORARILY_UNAVAILABLE) when somebody else changed one first.
    """
    for each in recipients:
        if each.acknowledged_at is None or each.state.terminal:
            continue
        settled = replace(each, state=RecipientState.ACCEPTED, result=Result.COMPLETED)
        if not uow.recipients.replace(each, replace(settled, decided_at=each.acknowledged_at)):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)


def accepted(uow: UnitOfWork, here: Visit) -> Outcome:
    """How a recipient ends who acknowledged: accepted, and read or not."""
    read = has_read(uow, here)
    details = (("read", "yes" if read else "no"),)
    return Outcome(RecipientState.ACCEPTED, Result.COMPLETED, None, details=details)


def has_read(uow: UnitOfWork, here: Visit) -> bool:
    """Whether this recipient was shown the content, or handed any of it."""
    position = here.recipient.position
    return any(
        event.position == position and event.kind == Event.CONSULTED.value
        for event in uow.events.of(here.record.guid)
    )


@dataclass(frozen=True, slots=True)
class Refuse:
    """The recipient's own no: rejects with a reason, or says "this is not my phone: cancel"."""

    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def reject(self, session: Session, reason: str) -> str:
        """Returns the issuer's return URL. Raises GatewayError: CLOSED, STEP_OUT_OF_ORDER for a viewer, once
        it is acknowledged, and where nobody is asked for an act."""
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
            reads = result is Result.REJECTED and role_of(here.recipient.asked) is Role.VIEWER
            if reads or here.record.profile.act is Act.NONE or here.recipient.acknowledged_at is not None:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            chosen = evidence or here.record.profile.negative
            record = settle(uow, self.journal, here, Outcome(state, result, chosen, reason))
            uow.commit()
        self.wake()
        return record.asked.return_url
