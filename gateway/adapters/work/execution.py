"""Runs claimed tasks and settles their rows: done, tried again later, or dead.

A task's row decides who may act: when the lease was lost, nothing is settled and the loss is logged.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from random import SystemRandom

from gateway.adapters.work.retry import Retry, described, route
from gateway.domain.errors import ErrorKind, GatewayError, UnavailableUntil
from gateway.domain.record import Task
from gateway.usecases.outbox import BatchHandler, Handler, Postpone
from gateway.usecases.ports import Clock, Database, Tasks

BATCH = 8
Settlement = Callable[[Tasks], bool]
log = logging.getLogger(__name__)


class Execution:
    """`chance` draws the jitter of the backoff, from 0 to 1."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        clock: Clock,
        retry: Retry,
        chance: Callable[[], float] | None = None,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._retry = retry
        self._chance = chance or SystemRandom().random

    def run(self, task: Task) -> None:
        """Never raises: a task that cannot be settled comes back when its lease ends."""
        self._safely(task, self._attempt)

    def grouped(self, tasks: Sequence[Task]) -> list[tuple[Task, ...]]:
        """What is to be run together, in the order given; at most BATCH tasks, lest a lease end meanwhile.

        A task that failed before runs alone, so that it harms no other.
        """
        groups: list[list[Task]] = []
        open_groups: dict[str, list[Task]] = {}
        for task in tasks:
            group = open_groups.get(task.kind)
            if group is not None and task.attempts == 1 and len(group) < BATCH:
                group.append(task)
                continue
            groups.append([task])
            if task.attempts == 1 and isinstance(self._handlers.get(task.kind), BatchHandler):
                open_groups[task.kind] = groups[-1]
        return [tuple(group) for group in groups]

    def run_group(self, tasks: Sequence[Task]) -> None:
        """Run tasks of one group: together, then alone what was left over. Never raises."""
        for task in tasks if len(tasks) == 1 else self._left_over(tasks):
            self.run(task)

    def give_back(self, task: Task) -> None:
        """Return a task that was claimed and never begun, its attempt not counted. Never raises."""
        try:
            self._settle(task, lambda tasks: tasks.release(task, task.due_at, task.last_error, count=False))
        except Exception as error:
            log.error("task %s (%s) is left to its lease: %s", task.id, task.kind, described(error))

    def _attempt(self, task: Task) -> None:
        if task.attempts > self._retry.attempts:
            # Failures end at the limit, so the last attempt died with its process.
            self._bury(task, "its worker died at the last attempt")
            return
        try:
            completed = self._handler(task)(task)
        except Postpone as later:
            due_at = later.due_at
            self._settle(task, lambda tasks: tasks.release(task, due_at, "", count=False))
        except Exception as error:
            self._failed(task, error)
        else:
            if not completed:
                self._settle(task, lambda tasks: tasks.complete(task))

    def _safely(self, task: Task, action: Callable[[Task], None]) -> None:
        try:
            action(task)
        except BaseException as error:
            # Even SystemExit: a library's wish to leave must not take a worker away.
            log.error("task %s (%s) is left to its lease: %s", task.id, task.kind, described(error))

    def _left_over(self, tasks: Sequence[Task]) -> Sequence[Task]:
        handler = self._handlers[tasks[0].kind]
        try:
            completed = handler.run_many(tasks) if isinstance(handler, BatchHandler) else frozenset()
        except Exception as error:
            if not _passes(error):
                log.warning("%d tasks (%s) are run alone: %s", len(tasks), tasks[0].kind, described(error))
                return tasks
            # What is down for all of them is not asked by each of them again.
            for task in tasks:
                self._safely(task, partial(self._failed, error=error))
            return ()
        except BaseException as error:
            log.error(
                "%d tasks (%s) are left to their leases: %s", len(tasks), tasks[0].kind, described(error)
            )
            return ()
        return [task for task in tasks if task.id not in completed]

    def _handler(self, task: Task) -> Handler:
        try:
            return self._handlers[task.kind]
        except KeyError:
            raise GatewayError(ErrorKind.CONFIGURATION, f"no handler for {task.kind}") from None

    def _failed(self, task: Task, error: Exception) -> None:
        text = described(error)
        if isinstance(error, UnavailableUntil):
            # What it needs is known to be away until then: it keeps its place among those that wait as well.
            log.info("task %s (%s) waits until %s: %s", task.id, task.kind, error.until.isoformat(), text)
            until = error.until
            self._settle(task, lambda tasks: tasks.hold(task, until, text))
            return
        passing = _passes(error)
        level = logging.WARNING if passing else logging.ERROR
        log.log(level, "task %s (%s) attempt %d: %s", task.id, task.kind, task.attempts, text)
        log.debug("task %s: %s", task.id, route(error))
        last = task.attempts >= self._retry.attempts
        if last and not passing:
            self._bury(task, text)
            return
        # What passes by itself, an authority or a relay that is down for a night, needs no person to revive
        # it: it is tried at the longest pause until it is over.
        due_at = self._clock.now() + self._pause(task)
        self._settle(task, lambda tasks: tasks.release(task, due_at, text, count=not last))

    def _pause(self, task: Task) -> timedelta:
        return self._retry.delay(task.attempts, self._chance())

    def _bury(self, task: Task, text: str) -> None:
        log.error("task %s (%s) of %s is dead: %s", task.id, task.kind, task.guid, text)
        self._settle(task, lambda tasks: tasks.bury(task, text))

    def _settle(self, task: Task, settlement: Settlement) -> None:
        with self._database.write() as unit:
            won = settlement(unit.tasks)
            unit.commit()
        if not won:
            log.warning("task %s (%s) fence %d: the lease was lost", task.id, task.kind, task.fence)


def _passes(error: Exception) -> bool:
    return isinstance(error, GatewayError) and error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
