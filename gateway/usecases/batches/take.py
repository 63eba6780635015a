"""The run of batches: each task takes one slice of whatever batch is first, then waits for its turn again.

A slice's rows are written in one commit, answers and transactions together. What a crash interrupts is
claimed again when its lease ends, and meets by external id what was committed: nothing twice, nothing lost.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import accumulate

from gateway.domain.batch import Batch, BatchItem, BatchPolicy, BatchStatus, BatchStep, ItemStatus
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.usecases.batches.ending import finish
from gateway.usecases.batches.items import Judge, Judged, Slice, Verdict
from gateway.usecases.batches.slices import SliceWriter, day_of
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import BatchFiles, Clock, Database, UnitOfWork, Wake

SLICE = 25
# So much XML of several items at once, in octets: it is in memory, and to be done within the lease.
OCTETS = 64 * 1024 * 1024
# Threads that put a slice's contents into the vault.
KEEPERS = 8
# How long a task rests that found nothing free: others have the last slices, or will end their leases.
REST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class TakeBatch:
    """`lease` is how long a slice is one worker's own."""

    database: Database
    files: BatchFiles
    judge: Judge
    clock: Clock
    wake: Wake
    lease: timedelta

    def __call__(self, task: Task) -> bool:
        work = self._claim()
        if work is None:
            return self._idle(task)
        try:
            judged, failures = self._judged(work)
        except Exception as error:
            self._set_aside(work, task, error)
            raise

        def give_back(uow: UnitOfWork) -> None:
            """In its old place of the queue, for the next slice."""
            if not uow.tasks.release(task, task.due_at, "", count=False):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

        SliceWriter(self.database, self.files, self.judge, self.clock)(work, judged, give_back)
        self.wake()
        if failures:
            # Its lease keeps such an item from everybody for a while; the others have their answers.
            raise failures[0]
        return True

    def _set_aside(self, work: Slice, task: Task, error: Exception) -> None:
        """The file cannot be read: that batch rests, and the others are served meanwhile. Only its own tasks
        fail of it, so that those of others do not die."""
        now = self.clock.now()
        with self.database.write() as uow:
            for item in work.items:
                uow.batch_items.free(item)
            uow.batches.wait(work.batch.id, now + self.lease)
            uow.commit()
        if work.batch.id != task.guid:
            raise Postpone(now) from error

    def _claim(self) -> Slice | None:
        """The next free slice of the first batch that has one, by priority and time."""
        now = self.clock.now()
        with self.database.write(synced=False) as uow:
            for batch in uow.batches.active():
                issuer = uow.issuers.get(batch.issuer)
                # What a disabled issuer brought waits: its key may be somebody else's by now.
                if issuer is None or not issuer.active:
                    continue
                if batch.wait_until is not None and batch.wait_until > now:
                    continue
                room = self._room(uow, batch, issuer.daily_limit, now)
                items = uow.batch_items.claim(batch.id, awaited(batch), now, now + self.lease, room)
                if items:
                    fitting = within(items, OCTETS)
                    for item in items[len(fitting) :]:
                        uow.batch_items.free(item)
                    uow.commit()
                    return Slice(batch, issuer, fitting)
            uow.commit()
        return None

    def _room(self, uow: UnitOfWork, batch: Batch, limit: int, now: datetime) -> int:
        """How many items may be taken at once. A batch whose issuer's day is full rests until the next."""
        if limit == 0 or batch.step is not BatchStep.TAKE:
            return SLICE
        room = max(limit - uow.quotas.taken(batch.issuer, day_of(self.clock)), 0)
        if room == 0:
            uow.batches.wait(batch.id, next_day(now))
        return min(room, SLICE)

    def _judged(self, work: Slice) -> tuple[list[Judged], list[Exception]]:
        """What is to be written, contents kept: by several threads, for keeping is waiting for the disk."""
        failures = list[Exception]()
        verdicts = self._verdicts(work, failures)

        def kept(verdict: Verdict) -> Judged | None:
            try:
                return verdict.keep()
            except Exception as failure:
                failures.append(failure)
                return None

        with ThreadPoolExecutor(KEEPERS) as keepers:
            judged = list(keepers.map(kept, verdicts))
        return [each for each in judged if each is not None], failures

    def _verdicts(self, work: Slice, failures: list[Exception]) -> list[Verdict]:
        """Items whose external id another of the slice has are left for later, when that one is known."""
        now, verdicts, taking = self.clock.now(), list[Verdict](), set[str]()
        with self.files.open(work.batch) as opened:
            for item in work.items:
                try:
                    verdict = self.judge(work, opened, item, now)
                except Exception as failure:
                    failures.append(failure)
                    continue
                again = verdict.takes in taking
                verdicts.append(Verdict(item, partial(Judged, item)) if again else verdict)
                taking |= {verdict.takes} - {""}
        return verdicts

    def _idle(self, task: Task) -> bool:
        """Nothing is free: this task's own batch may be at an end of its step, or over."""
        now = self.clock.now()
        with self.database.read() as uow:
            batch = uow.batches.get(task.guid)
            if batch is None or batch.status is not BatchStatus.RUNNING:
                return False
            left = uow.batch_items.left(batch.id, awaited(batch))
        if left:
            raise Postpone(max(batch.wait_until or now, now + REST))
        with self.database.write() as uow:
            if batch.step is BatchStep.TAKE:
                return finish(uow, task, batch, now)
            if uow.batch_items.left(batch.id, ItemStatus.REFUSED):
                uow.batch_items.withhold(batch.id, ErrorKind.BATCH_WITHHELD.code)
                return finish(uow, task, batch, now, ErrorKind.BATCH_WITHHELD.code)
            uow.batches.advance(batch, replace(batch, step=BatchStep.TAKE))
            uow.commit()
        raise Postpone(task.due_at)


def awaited(batch: Batch) -> ItemStatus:
    """The status of items that the batch's present step works on."""
    everything = batch.policy is BatchPolicy.ALL_OR_NOTHING and batch.step is BatchStep.TAKE
    return ItemStatus.CHECKED if everything else ItemStatus.WAITING


def within(items: Sequence[BatchItem], octets: int) -> Sequence[BatchItem]:
    """The first ones that together have so many octets at most; at least one."""
    sizes = accumulate(item.size for item in items)
    return items[: max(sum(size <= octets for size in sizes), 1)]


def next_day(now: datetime) -> datetime:
    """The next midnight by UTC."""
    return datetime.combine(now.date() + timedelta(days=1), time(), UTC)
