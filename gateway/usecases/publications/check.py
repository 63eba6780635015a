"""Now and then the published content is read from outside, as anybody reads it, and compared by digest.

Each check is evidence, of what was read and of every access since the check before.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.evidence import ErdsEvent
from gateway.domain.publication import PublicVisit
from gateway.domain.record import DocumentRecord, Task
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, PublicReader, UnitOfWork
from gateway.usecases.publications.log import log_of

Details = tuple[tuple[str, str], ...]
READ, ALTERED = "read", "altered"


@dataclass(frozen=True, slots=True)
class CheckPublication:
    """Reads all documents `every` so often; the task's subject is the number of the check."""

    database: Database
    reader: PublicReader
    journal: Journal
    clock: Clock
    every: timedelta

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            record, documents = uow.transactions.get(task.guid), uow.documents.of(task.guid)
        if record is None or record.state.closed_to_access or self.clock.now() >= record.close_at:
            return False
        begun = self.clock.now()
        found = [(document, self._read(document)) for document in documents]
        with self.database.write() as uow:
            locked = uow.transactions.lock(task.guid)
            if locked is None or locked.state.closed_to_access:
                return False
            visits = self._fix(uow, task)
            if visits is None:
                return False
            what = _happening(begun, task.subject, found, visits)
            self.journal.noted(uow, locked, what[0], what[1])
            self._again(uow, task, locked.close_at, locked.lane)
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True

    def _read(self, document: DocumentRecord) -> str:
        """READ, ALTERED, or why nothing came."""
        try:
            octets = self.reader.read(f"/p/{document.guid}/documents/{document.position + 1}")
        except ConnectionError as error:
            return str(error) or "unreachable"
        return READ if hashlib.sha256(octets).digest() == document.stamped_sha256 else ALTERED

    def _fix(self, uow: UnitOfWork, task: Task) -> Sequence[PublicVisit] | None:
        """The accesses since the last check; None when this check was made already."""
        number = int(task.subject)
        publication = uow.publications.get(task.guid)
        if publication is None or publication.checks != number - 1:
            return None
        return uow.publications.fix(task.guid, number)

    def _again(self, uow: UnitOfWork, task: Task, until: datetime, lane: int) -> None:
        due, subject = self.clock.now() + self.every, str(int(task.subject) + 1)
        if due < until:
            uow.tasks.add(new_task(Kind.CHECK_PUBLICATION, task.guid, due, subject, lane=lane))


def _happening(
    at: datetime, number: str, found: Sequence[tuple[DocumentRecord, str]], visits: Sequence[PublicVisit]
) -> tuple[str, Happening]:
    good = all(word == READ for _, word in found)
    told: Details = tuple((f"document_{document.position + 1}", word) for document, word in found)
    log = log_of(visits)
    accesses = (("accesses", str(len(visits))), ("accesses_sha256", hashlib.sha256(log).hexdigest()))
    evidence = ErdsEvent.PUBLICATION_CHECKED if good else ErdsEvent.PUBLICATION_INTERRUPTED
    kind = "PUBLICATION_CHECKED" if good else "PUBLICATION_INTERRUPTED"
    return kind, Happening(at, evidence=evidence, details=(("check", number), *told, *accesses))
