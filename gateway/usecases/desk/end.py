"""The operator's people close a transaction, prolong its custody, and have dead tasks tried again."""

from dataclasses import dataclass

from gateway.domain.cancellation import CancelCode, details_of
from gateway.domain.custody import Extension
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import TransactionRecord
from gateway.domain.results import Result
from gateway.domain.retention import Duration
from gateway.domain.staff import Acting, Permission
from gateway.domain.states import Event
from gateway.domain.wording import keepable
from gateway.usecases.decide import settle_acknowledged
from gateway.usecases.desk import staff
from gateway.usecases.extend_custody import ExtendCustody
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, Wake


@dataclass(frozen=True, slots=True)
class CloseByOperator:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(self, acting: Acting, guid: str, code: CancelCode, text: str) -> TransactionRecord:
        """Decide as CLOSED_BY_OPERATOR; code and text go into evidence and certificate.

        Raises GatewayError: ACCESS_DENIED, NOT_FOUND, CLOSED from state 10 on.
        """
        staff.demand(acting, Permission.CANCEL)
        with self.database.write() as uow:
            record, now = uow.transactions.lock(guid), self.clock.now()
            if record is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            details = (*details_of(code, keepable(text.strip(), staff.MAX_REASON)), ("by", staff.who(acting)))
            what = Happening(now, evidence=ErdsEvent.CLOSED_BY_OPERATOR, details=details)
            after = self.journal.moved(uow, record, Event.CANCELLED, what, Result.CLOSED_BY_OPERATOR)
            settle_acknowledged(uow, uow.recipients.of(after.guid))
            uow.tasks.add(new_task(Kind.CLOSE, guid, now))
            staff.audit(uow, acting, "transaction-cancelled", f"{guid}:{code.value}")
            uow.commit()
        self.wake()
        return after


@dataclass(frozen=True, slots=True)
class ExtendByStaff:
    extend: ExtendCustody

    def __call__(self, acting: Acting, guid: str, by: Duration, token: str = "") -> Extension:
        """As the issuer's, on the operator's word; one token extends once. Raises what that raises."""
        staff.demand(acting, Permission.EXTEND)
        return self.extend.by_operator(
            guid, by, token, lambda uow: staff.audit(uow, acting, "custody-extended", guid)
        )


@dataclass(frozen=True, slots=True)
class RetryTask:
    database: Database
    clock: Clock
    wake: Wake

    def __call__(self, acting: Acting, task_id: str) -> bool:
        """Have a dead task tried again; False when it is not dead (any more)."""
        staff.demand(acting, Permission.ACT)
        with self.database.write() as uow:
            if not uow.tasks.revive(task_id, self.clock.now()):
                return False
            staff.audit(uow, acting, "task-retried", task_id)
            uow.commit()
        self.wake()
        return True
