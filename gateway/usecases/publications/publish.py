"""The period begins: the page is public from now on, and evidence says so."""

from dataclasses import dataclass

from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import Task
from gateway.domain.states import State
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, Postpone, new_task
from gateway.usecases.ports import Clock, Database


@dataclass(frozen=True, slots=True)
class Publish:
    """`base_url` is the gateway's public address."""

    database: Database
    journal: Journal
    clock: Clock
    base_url: str

    def __call__(self, task: Task) -> bool:
        with self.database.write() as uow:
            record = uow.transactions.lock(task.guid)
            if record is None or record.state is not State.SEALED or uow.publications.get(task.guid):
                return False
            now = self.clock.now()
            if now < record.start_at:
                raise Postpone(record.start_at)
            if now >= record.close_at:
                # Nobody could see it in time; the end of the period says so.
                return False
            uow.publications.begin(record.guid, now)
            details = (
                ("address", f"{self.base_url}/p/{record.guid}"),
                ("until", record.close_at.isoformat()),
            )
            what = Happening(now, evidence=ErdsEvent.PUBLISHED, details=details)
            self.journal.noted(uow, record, "PUBLISHED", what)
            uow.tasks.add(new_task(Kind.CHECK_PUBLICATION, record.guid, now, "1", lane=record.lane))
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True
