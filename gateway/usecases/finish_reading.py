"""After the acknowledgement: the recipient reads, and is settled when they say so or their time is over.

Until then they are open, so that the content can be read; what they did is accepted from the act on.
"""

from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.usecases.commands import Session
from gateway.usecases.decide import accepted, settle
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import Clock, Database, Wake
from gateway.usecases.results import Stage
from gateway.usecases.stages import stage_of
from gateway.usecases.visit import visit_if_open, visit_of


@dataclass(frozen=True, slots=True)
class FinishReading:
    """`reading_time` is how long the content may be read after the acknowledgement."""

    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    reading_time: timedelta

    def __call__(self, session: Session) -> str:
        """The recipient has done; returns the issuer's return URL. Raises STEP_OUT_OF_ORDER, CLOSED."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            acknowledged = here.recipient.acknowledged_at is not None
            if not acknowledged or stage_of(here.record, here.recipient) is not Stage.READ:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            settle(uow, self.journal, here, accepted(uow, here))
            uow.commit()
        self.wake()
        return here.record.asked.return_url

    def later(self, task: Task) -> bool:
        """The handler of FINISH_READING: settle when the time is over; at `time_to_close` expiry does."""
        with self.database.write() as uow:
            here = visit_if_open(uow, task.guid, int(task.subject), self.clock)
            if here is None or here.recipient.acknowledged_at is None:
                return False
            due_at = here.recipient.acknowledged_at + self.reading_time
            if here.at < due_at:
                raise Postpone(due_at)
            settle(uow, self.journal, here, accepted(uow, here))
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        self.wake()
        return True
