"""Worker threads of this process: one claims due tasks, the others run them.

The database decides who has a task; being woken only makes it quicker. It knows no kind of task.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

from gateway.adapters.work.execution import Execution
from gateway.adapters.work.lanes import BulkShare, LaneQueue
from gateway.adapters.work.retry import Retry, described
from gateway.domain.record import INTERACTIVE, Task
from gateway.usecases.outbox import Handler
from gateway.usecases.ports import Clock, Database

LEASE = timedelta(minutes=2)
Claimed = tuple[tuple[Task, ...], datetime]
log = logging.getLogger(__name__)


def _nobody() -> None:
    """Nobody else is told."""


class LocalWorkers:
    """`threads` run tasks; each claim holds for `lease`, and without being woken they look every `poll`
    seconds, or as often as `idle` says. A handler must end well within the lease, for nothing prolongs it.
    `full` is called when there may be more tasks than these threads can take: others may."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        clock: Clock,
        *,
        threads: int = 4,
        lease: timedelta = LEASE,
        poll: float = 0.2,
        retry: Retry | None = None,
        idle: Callable[[], float] | None = None,
        full: Callable[[], None] = _nobody,
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._poll = poll
        self._idle = idle or (lambda: poll)
        self._full = full
        self._size = threads
        self._execution = Execution(database, handlers, clock, retry or Retry())
        self._queue: LaneQueue[Claimed | None] = LaneQueue()
        self._share = BulkShare()
        self._stopping = Event()
        self._woken = Event()
        self._threads: list[Thread] = []
        self._count = Condition()
        self._outstanding = 0
        self._urgent = 0
        self._saturated = False

    def start(self) -> None:
        """Begin to work. Raises RuntimeError when it was started before."""
        if self._threads:
            raise RuntimeError("these workers were started before")
        self._threads = [Thread(target=self._claim_for_ever, name="work-claims", daemon=True)]
        for number in range(self._size):
            self._threads.append(Thread(target=self._work_for_ever, name=f"work-{number}", daemon=True))
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for due tasks now. Any thread may call it, after its commit."""
        self._woken.set()

    def wait_for_room(self, timeout: float) -> bool:
        """Whether there are threads without a task, after up to `timeout` seconds."""
        with self._count:
            return self._count.wait_for(lambda: self._outstanding < self._size, timeout)

    def stop(self, timeout: float) -> bool:
        """Claim no more, give back what was not begun, wait up to `timeout` seconds for what was.

        False when something still runs: its lease will end, and another process takes it up.
        """
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self._woken.set()
        for thread in self._threads[:1]:
            thread.join(max(deadline - time.monotonic(), 0))
        self._give_back()
        for _ in range(self._size):
            self._queue.put(None)
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _claim_for_ever(self) -> None:
        full = False
        while not self._stopping.is_set():
            # Cleared before looking, so that a call which comes meanwhile is not lost.
            self._woken.clear()
            try:
                full = self._claim(sure=full)
            except Exception as error:
                log.error("tasks cannot be claimed: %s", described(error))
                # A database that is down is not asked more often than the poll, whoever wakes us.
                self._stopping.wait(self._poll)
                continue
            if full or self._saturated:
                self._full()
            if not full:
                self._woken.wait(self._idle())

    def _claim(self, *, sure: bool) -> bool:
        """Fill the free places, and as many again in front of them, so that one commit serves several.

        Unless it is `sure` that there are tasks it only looks first, for claiming nothing would still make
        every writer of an SQLite database wait. True when the outbox may hold more and there is room.
        """
        with self._count:
            room = 0 if self._outstanding > self._size else 2 * self._size - self._outstanding
            self._saturated = room == 0
            # Places that bulk work has taken keep nobody else waiting: the next free thread is theirs.
            urgent = 0 if room else self._size - self._urgent
        if room == 0 and urgent <= 0:
            return False
        now = self._clock.now()
        if not sure:
            with self._database.read() as unit:
                waiting = unit.tasks.waiting(now, bulk=room > 0)
            if not waiting:
                return False
        until = now + self._lease
        with self._database.write(synced=False) as unit:
            tasks = unit.tasks.claim(now, until, room or urgent, self._share.of(room) if room else None)
            unit.commit()
        with self._count:
            self._outstanding += len(tasks)
            self._urgent += _urgent(tasks)
        for group in self._execution.grouped(tasks):
            self._queue.put((group, until), min(task.lane for task in group))
        return 0 < room == len(tasks)

    def _work_for_ever(self) -> None:
        while (claimed := self._queue.get()) is not None:
            tasks, until = claimed
            if self._clock.now() < until:
                self._execution.run_group(tasks)
            else:
                log.warning("task %s (%s) waited until its lease ended", tasks[0].id, tasks[0].kind)
            self._finished(tasks)

    def _finished(self, tasks: Sequence[Task]) -> None:
        with self._count:
            self._outstanding -= len(tasks)
            self._urgent -= _urgent(tasks)
            hungry = self._saturated and self._outstanding <= self._size
            self._count.notify_all()
        if hungry:
            self._woken.set()

    def _give_back(self) -> None:
        while claimed := self._queue.get_nowait():
            for task in claimed[0]:
                self._execution.give_back(task)


def _urgent(tasks: Sequence[Task]) -> int:
    return sum(task.lane == INTERACTIVE for task in tasks)
