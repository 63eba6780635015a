"""The issuer takes a transaction back, while nothing is decided."""

from dataclasses import dataclass

from gateway.domain.cancellation import CancelCode, details_of
from gateway.domain.parties import Issuer
from gateway.domain.record import TransactionRecord
from gateway.domain.results import Result
from gateway.domain.states import Event
from gateway.usecases.commands import Reference
from gateway.usecases.decide import settle_acknowledged
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, ExternalMark, Wake
from gateway.usecases.queries import own


@dataclass(frozen=True, slots=True)
class Cancel:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    mark: ExternalMark

    def __call__(
        self, issuer: Issuer, reference: Reference, reason: str, code: CancelCode | None = None
    ) -> TransactionRecord:
        """Decide as CANCELLED_BY_ISSUER. Raises GatewayError(CLOSED) from state 10 on, NOT_FOUND, PURGED."""
        with self.database.write() as uow:
            uow.transactions.lock(own(uow, self.mark, issuer, reference).guid)
            now, record = self.clock.now(), own(uow, self.mark, issuer, reference)
            what = Happening(now, details=details_of(code, reason))
            after = self.journal.moved(uow, record, Event.CANCELLED, what, Result.CANCELLED_BY_ISSUER)
            settle_acknowledged(uow, uow.recipients.of(after.guid))
            uow.tasks.add(new_task(Kind.CLOSE, after.guid, now, lane=after.lane))
            uow.commit()
        self.wake()
        return after
