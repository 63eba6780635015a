"""The first pass over a batch's file: where its items stand becomes rows, in bounded commits under one lease.

A pass that was interrupted begins anew; nobody sees its rows before the batch is RUNNING. What is wrong with
the file as a whole refuses the batch.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.domain.batch import Batch, BatchItem, BatchPolicy, BatchStatus, BatchStep
from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.record import BULK, Task
from gateway.usecases.batches.ending import refuse_whole
from gateway.usecases.outbox import Kind, Postpone, new_task
from gateway.usecases.ports import BatchFiles, Clock, Database, UnitOfWork
from gateway.usecases.ports.batches import BatchFacts
from gateway.usecases.turns import Turns

PAGE = 2000
# How long a file waits while others are read.
REST = timedelta(seconds=2)
# So many slices of one batch are worked on at once, at most.
PERMITS = 4


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """`lease` is how long each commit keeps the task. A large file takes a thread for many seconds, so that
    `turns` lets few be read at once, and the other threads serve whoever waits."""

    database: Database
    files: BatchFiles
    clock: Clock
    lease: timedelta
    turns: Turns

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            batch = uow.batches.get(task.guid)
        if batch is None or batch.status is not BatchStatus.RECEIVED:
            return False
        try:
            with ExitStack() as held:
                self._begin(held)
                facts = self._read(batch, task)
        except GatewayError as error:
            # A file that we have lost is no fault of the issuer's.
            if error.kind.blame is Blame.RECEIVER or error.kind is ErrorKind.NOT_FOUND:
                raise
            return self._refuse(task, batch, error)
        return self._run(task, batch, facts)

    def _begin(self, held: ExitStack) -> None:
        """Waiting for a turn is no failure, after which it would be tried ever more seldom."""
        try:
            held.enter_context(self.turns.take())
        except GatewayError as busy:
            raise Postpone(self.clock.now() + REST) from busy

    def _read(self, batch: Batch, task: Task) -> BatchFacts:
        self._commit(task, lambda uow: uow.batch_items.clear(batch.id))
        position, page, kept_at = 0, list[BatchItem](), self.clock.now()
        with self.files.reading(batch) as reading:
            for places in reading.places():
                for start, size in places:
                    position += 1
                    page.append(BatchItem(batch.id, position, start, size))
                # Few items may be many octets: the lease is kept by the clock as well.
                if len(page) >= PAGE or self.clock.now() - kept_at >= self.lease / 4:
                    self._add(task, page)
                    page, kept_at = [], self.clock.now()
            self._add(task, page)
            facts = reading.facts()
        if not batch.signer_sha256 and not facts.signer_sha256:
            raise GatewayError(ErrorKind.BATCH_REFUSED, "a file from a folder must be signed itself")
        if facts.external_id != batch.external_id:
            raise GatewayError(ErrorKind.BATCH_REFUSED, "its external_id is another than the request's")
        return facts

    def _add(self, task: Task, page: Sequence[BatchItem]) -> None:
        self._commit(task, lambda uow: uow.batch_items.add(page))

    def _commit(self, task: Task, change: Callable[[UnitOfWork], object]) -> None:
        """One bounded commit, which also keeps the lease. Raises TEMPORARILY_UNAVAILABLE when it was lost."""
        with self.database.write() as uow:
            if not uow.tasks.prolong(task, self.clock.now() + self.lease):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            change(uow)
            uow.commit()

    def _run(self, task: Task, batch: Batch, facts: BatchFacts) -> bool:
        policy = facts.policy or batch.policy
        step = BatchStep.CHECK if policy is BatchPolicy.ALL_OR_NOTHING else BatchStep.TAKE
        running = replace(
            batch,
            status=BatchStatus.RUNNING,
            step=step,
            policy=policy,
            content_id=facts.content_id,
            file_signer=facts.signer_sha256,
            total=facts.items,
        )
        with self.database.write() as uow:
            if facts.signer_sha256 and not is_issuers(uow, batch, facts.signer_sha256):
                error = GatewayError(ErrorKind.CERTIFICATE_REFUSED, "who signed the file is not its issuer")
                return refuse_whole(uow, task, batch, error, self.clock.now())
            if not uow.batches.advance(batch, running):
                return False
            for _ in range(PERMITS):
                uow.tasks.add(new_task(Kind.TAKE_BATCH, batch.id, batch.received_at, lane=BULK))
            uow.audit.append("batch-running", batch.id)
            if not uow.tasks.complete(task):
                return False
            uow.commit()
        return True

    def _refuse(self, task: Task, batch: Batch, error: GatewayError) -> bool:
        with self.database.write() as uow:
            return refuse_whole(uow, task, batch, error, self.clock.now())


def is_issuers(uow: UnitOfWork, batch: Batch, signer_sha256: str) -> bool:
    """Whether the certificate is registered for the batch's own issuer, and for no other."""
    issuer = uow.issuers.by_certificate(bytes.fromhex(signer_sha256))
    return issuer is not None and issuer.number == batch.issuer
