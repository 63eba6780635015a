"""What a notice's result means for the transaction: dispatched, available, or nobody reached at all."""

from dataclasses import replace

from gateway.domain.delivery import Outcome
from gateway.domain.record import TransactionRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import Event
from gateway.usecases.decide import Outcome as Ending
from gateway.usecases.decide import settle
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.visit import Visit, find


def happened(
    uow: UnitOfWork, journal: Journal, record: TransactionRecord, outcome: Outcome, what: Happening
) -> None:
    """Keep the result of the notice to the recipient at `what.position`."""
    profile = record.profile
    if outcome not in {Outcome.ACCEPTED, Outcome.DELIVERED}:
        negative = replace(what, evidence=profile.undispatched) if outcome is Outcome.REFUSED else what
        journal.noted(uow, record, f"NOTICE_{outcome.value}", negative)
        return
    dispatched = replace(what, evidence=profile.dispatched)
    record = journal.observed(uow, record, Event.DISPATCHED, dispatched)
    if outcome is Outcome.DELIVERED:
        available(uow, journal, record, replace(what, evidence=profile.delivered))


def available(uow: UnitOfWork, journal: Journal, record: TransactionRecord, what: Happening) -> None:
    """State 5, and the recipient's own."""
    journal.observed(uow, record, Event.DELIVERED, what)
    recipient = find(uow.recipients.of(record.guid), what.position or 0)
    if recipient.state is RecipientState.PENDING:
        uow.recipients.replace(recipient, replace(recipient, state=RecipientState.NOTIFIED))


def unreachable(uow: UnitOfWork, journal: Journal, here: Visit) -> None:
    """Every notice was refused for good: the recipient ends as UNREACHABLE."""
    ending = Ending(RecipientState.UNREACHABLE, Result.NOTICE_FAILED, here.record.profile.expired)
    settle(uow, journal, here, ending)
