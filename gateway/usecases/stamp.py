"""State 2: every page carries GUID, reception time and n/N, and the digests are fixed.

Stamping is deterministic, so a repeated task writes the same blob; state and digests move once.
"""

from dataclasses import dataclass

from gateway.domain.record import DocumentRecord, Task, TransactionRecord
from gateway.domain.states import Event, State
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, Paper, Vault


@dataclass(frozen=True, slots=True)
class Stamp:
    database: Database
    vault: Vault
    paper: Paper
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None or record.state is not State.VALIDATED:
                return False
            documents, key = uow.documents.of(task.guid), uow.keys.get(task.guid)
        copies = []
        for document in documents:
            original = self.vault.get(task.guid, key, document.original_sha256)
            copies.append(self.paper.stamp(record, document, original))
        digests = self.vault.put(task.guid, key, copies)
        return self._commit(task, record, list(zip(documents, digests, map(len, copies), strict=True)))

    def _commit(
        self, task: Task, record: TransactionRecord, stamped: list[tuple[DocumentRecord, bytes, int]]
    ) -> bool:
        with self.database.write() as uow:
            locked = uow.transactions.lock(record.guid)
            if locked is None or locked.state is not State.VALIDATED:
                return False
            now = self.clock.now()
            for document, sha256, size in stamped:
                uow.documents.set_stamped(record.guid, document.position, sha256, size)
            self.journal.moved(uow, locked, Event.STAMPED, Happening(now))
            uow.tasks.add(new_task(Kind.SEAL, record.guid, now, lane=record.lane))
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True
