"""Time in the sandbox: no clock is ever changed, deadlines come nearer, and an event says by how much.

So every time that an evidence states is true, and every time-stamp as well.
"""

from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import TransactionRecord
from gateway.usecases.circuits.begin import look_again
from gateway.usecases.expire import ExpireDue
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database

ADVANCED = "SANDBOX_ADVANCED"
A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class BringForward:
    database: Database
    journal: Journal
    clock: Clock
    expire: ExpireDue

    def __call__(self, guid: str, by: timedelta) -> bool:
        """Move start, end and the life of codes so much nearer; whether the transaction expired by it.

        Raises GatewayError: NOT_SANDBOX, CLOSED from state 10 on.
        """
        with self.database.write() as uow:
            record = uow.transactions.lock(guid)
            if record is None or not record.sandbox:
                raise GatewayError(ErrorKind.NOT_SANDBOX)
            if record.state.closed_to_access:
                raise GatewayError(ErrorKind.CLOSED)
            if not uow.sandbox.bring_forward(guid, by):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            details = (
                ("simulated_seconds", str(int(by.total_seconds()))),
                ("close_at", (record.close_at - by).isoformat()),
            )
            self.journal.noted(uow, record, ADVANCED, Happening(self.clock.now(), details=details))
            look_again(uow, record, self.clock.now())
            uow.commit()
        return self.expire.one(guid)

    def to_the_end(self, record: TransactionRecord) -> bool:
        """As far as it takes to expire."""
        missing = record.close_at - (self.clock.now() - self.expire.offset) + A_SECOND
        return self(record.guid, max(missing, A_SECOND))
