"""State 3: the digests of originals and stamped copies are time-stamped and queued for deposit.

The manifest is canonical text, one line a document, so that anybody can rebuild and check it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gateway.domain.catalogue import Decision
from gateway.domain.participation import turn_of
from gateway.domain.record import DigestStamp, DocumentRecord, RecipientRecord, Task, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.states import Event, State
from gateway.usecases.circuits.begin import begin
from gateway.usecases.decide_whole import decide_whole
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_series import subject_of
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, Sealer, UnitOfWork
from gateway.usecases.recorded import recorded


@dataclass(frozen=True, slots=True)
class Seal:
    database: Database
    sealer: Sealer
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None or record.state is not State.STAMPED:
                return False
            documents = uow.documents.of(task.guid)
            octets = manifest(record, documents)
        token, stamped_at, tsa = self.sealer.timestamp(octets)
        stamp = DigestStamp(record.guid, octets, token, stamped_at, tsa)
        with self.database.write() as uow:
            locked = uow.transactions.lock(record.guid)
            if locked is None or locked.state is not State.STAMPED:
                return False
            uow.stamps.add(stamp)
            if not locked.sandbox:
                _deposit(uow, documents, self.clock.now())
            details = (("time_stamp", stamped_at.isoformat()), ("tsa", tsa))
            now = self.clock.now()
            sealed = self.journal.moved(uow, locked, Event.SEALED, Happening(now, details=details))
            if record.profile.decision is Decision.SEALED:
                self._kept(uow, sealed, stamp, now)
            if record.profile.decision is Decision.PERIOD_END:
                uow.tasks.add(
                    new_task(Kind.PUBLISH, record.guid, max(record.start_at, now), lane=record.lane)
                )
            if record.profile.decision is Decision.CALL_END:
                due_at = max(record.start_at, now)
                uow.tasks.add(new_task(Kind.PLACE_CALL, record.guid, due_at, "1", lane=record.lane))
            notify_next(uow, sealed, uow.recipients.of(record.guid))
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True

    def _kept(self, uow: UnitOfWork, sealed: TransactionRecord, stamp: DigestStamp, now: datetime) -> None:
        """Custody asks for nothing more: existence and integrity are proven from this moment on."""
        details = (
            ("time_stamp", stamp.stamped_at.isoformat()),
            ("tsa", stamp.tsa),
            ("manifest_sha256", sha256(stamp.manifest).hexdigest()),
            *recorded(sealed.asked),
        )
        what = Happening(now, evidence=sealed.profile.positive, details=details)
        decide_whole(uow, self.journal, sealed, what, Result.COMPLETED)


def _deposit(uow: UnitOfWork, documents: Sequence[DocumentRecord], at: datetime) -> None:
    """Queue every original and every stamped copy, whose digests are fixed from now on."""
    for document in documents:
        place = f"documents/{document.position + 1}"
        uow.deposit_queue.add(document.guid, f"{place}/original", document.original_sha256, at)
        if document.stamped_sha256 is not None:
            uow.deposit_queue.add(document.guid, f"{place}/stamped", document.stamped_sha256, at)


def manifest(record: TransactionRecord, documents: Sequence[DocumentRecord]) -> bytes:
    """One line a document: position, SHA-256 of the original and of the stamped copy, in hexadecimal."""
    lines = [f"fehaciente-digests 1.0 {record.guid}"]
    for document in documents:
        stamped = document.stamped_sha256.hex() if document.stamped_sha256 else "-"
        lines.append(f"{document.position + 1} {document.original_sha256.hex()} {stamped}")
    return ("\n".join(lines) + "\n").encode()


def notify_next(
    uow: UnitOfWork, record: TransactionRecord, recipients: Sequence[RecipientRecord], after: int = -1
) -> None:
    """Queue the notice of everybody whose turn comes: up to the lowest order that still has to decide.

    `after` is the order of whoever has just decided: those who share it were queued together.
    """
    turn = turn_of(recipients)
    for recipient in recipients:
        if after < recipient.asked.order <= turn and not recipient.state.terminal:
            due_at = max(record.start_at, record.received_at)
            subject = subject_of(recipient)
            uow.tasks.add(new_task(Kind.NOTIFY, record.guid, due_at, subject, lane=record.lane))
            begin(uow, record, recipient, due_at)
