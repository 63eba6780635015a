"""What the fate of a recipient's messages means for them: reached, or beyond reach.

A failure ends nobody while another message may still arrive, or a circuit has something left to try.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.catalogue import Decision
from gateway.domain.delivery import Outcome
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.reports import ReportKind
from gateway.domain.results import RecipientState, Result
from gateway.usecases.journal import Journal
from gateway.usecases.notice_results import unreachable
from gateway.usecases.outcomes import conclude_one
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.reports.notices import abandoned, notices
from gateway.usecases.visit import Visit, find

# What decides is the last receipt, the courier's or the operator's.
BY_RECEIPT = frozenset({Decision.FINAL_RECEIPT, Decision.COURIER_STATUS})
ENDINGS = {
    ReportKind.FAILED: (RecipientState.UNREACHABLE, Result.NOTICE_FAILED),
    ReportKind.RETURNED: (RecipientState.UNREACHABLE, Result.NOTICE_FAILED),
    ReportKind.REFUSED: (RecipientState.REJECTED, Result.REJECTED),
}


Onward = Callable[[UnitOfWork, TransactionRecord, RecipientRecord, datetime], bool]
"""What a circuit does when everything that was sent to a recipient has failed: whether something else is to
be tried; what is due now it queues in this unit of work."""


def nothing_else(
    _uow: UnitOfWork, _record: TransactionRecord, _recipient: RecipientRecord, _at: datetime
) -> bool:
    """No circuit."""
    return False


@dataclass(frozen=True, slots=True)
class Fate:
    journal: Journal
    onward: Onward = nothing_else

    def reached(self, uow: UnitOfWork, record: TransactionRecord, position: int, at: datetime) -> None:
        """A message arrived: of a service that the receipt decides this is the end."""
        recipient = find(uow.recipients.of(record.guid), position)
        if record.profile.decision in BY_RECEIPT:
            state = RecipientState.NOTIFIED
            conclude_one(uow, self.journal, record, recipient, state, Result.COMPLETED, at)

    def failed(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        position: int,
        at: datetime,
        kind: ReportKind = ReportKind.FAILED,
    ) -> None:
        """A message failed for good. It ends the recipient when nothing that was sent to them may still
        arrive, and no circuit has anything left to try; a transaction that its time decides is left to it."""
        recipients = tuple(uow.recipients.of(record.guid))
        recipient = find(recipients, position)
        if record.state.closed_to_access:
            return
        if recipient.state is not RecipientState.PENDING:
            if recipient.state is RecipientState.NOTIFIED and not hope(uow, recipient):
                # What its server took came back after all: nobody is ended by that, but more may be tried.
                self.onward(uow, record, recipient, at)
            return
        if kind is not ReportKind.REFUSED and (
            hope(uow, recipient) or self.onward(uow, record, recipient, at)
        ):
            return
        if record.profile.decision in BY_RECEIPT:
            state, result = ENDINGS[kind]
            conclude_one(uow, self.journal, record, recipient, state, result, at)
        elif record.profile.decision is not Decision.TIME_TO_CLOSE:
            unreachable(uow, self.journal, Visit(record, recipients, recipient, at))


def hope(uow: UnitOfWork, recipient: RecipientRecord) -> bool:
    """Whether one of their messages may still arrive, or has: it left, may have, or is tried again, and no
    report says that it failed."""
    failed = {row.report.effect for row in uow.reports.of(recipient.guid) if row.report.kind.undelivered}
    # Of the attempts at one message the last one counts.
    last = {each.id.rpartition(".")[0]: each for each in notices(uow, recipient)}
    return any(
        each.outcome is not Outcome.REFUSED and each.id not in failed and not abandoned(recipient, each)
        for each in last.values()
    )
