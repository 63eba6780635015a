"""States 11 and 12: every evidence is sealed and verified, then the transaction is closed for good."""

from dataclasses import dataclass

from gateway.domain.record import EvidenceStatus, Task
from gateway.domain.states import Event, State
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, Postpone, new_task
from gateway.usecases.ports import Clock, Database
from gateway.usecases.seal_evidence import SealEvidence, publish


@dataclass(frozen=True, slots=True)
class Close:
    database: Database
    journal: Journal
    seal_evidence: SealEvidence
    clock: Clock

    def __call__(self, task: Task) -> bool:
        if not self._begin(task):
            return False
        sealed = self.seal_evidence.pending(task.guid)
        with self.database.write() as uow:
            record = uow.transactions.lock(task.guid)
            if record is None or record.state is not State.CLOSING:
                return False
            now = self.clock.now()
            for evidence in sealed:
                if not publish(uow, evidence, now):
                    # Somebody else stamped this one, perhaps after we stamped the next: those anew.
                    break
            if any(each.status is not EvidenceStatus.SEALED for each in uow.evidences.of(task.guid)):
                # That, or a receipt came in between, with evidence of its own: seal it too.
                uow.commit()
                raise Postpone(now)
            until = record.asked.time_to_save.after(now)
            self.journal.moved(uow, record, Event.CLOSED, Happening(now), custody_until=until)
            uow.tasks.add(new_task(Kind.CERTIFY, task.guid, now, lane=record.lane))
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True

    def _begin(self, task: Task) -> bool:
        """To 11, unless an earlier attempt did it; False when there is nothing left to close."""
        with self.database.write() as uow:
            record = uow.transactions.lock(task.guid)
            if record is None or record.state not in {State.DECIDED, State.CLOSING}:
                return False
            if record.state is State.DECIDED:
                self.journal.moved(uow, record, Event.CLOSING, Happening(self.clock.now()))
                uow.commit()
            return True
