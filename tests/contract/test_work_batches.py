"""Tasks that are run together: once each, and none worse off than alone."""

import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gateway.adapters.storage.tables import tasks as table
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry.metrics import Metrics
from gateway.adapters.work.execution import BATCH, Execution
from gateway.adapters.work.local import LocalWorkers
from gateway.adapters.work.retry import Retry
from gateway.bootstrap import observed
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from tests.storage_samples import task

RETRY = Retry(base=timedelta(hours=2), attempts=3)


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Together:
    """Completes what it is given, but for `left`; what it was called with stays here."""

    database: SqlDatabase
    left: frozenset[str] = frozenset()
    error: BaseException | None = None
    alone: list[str] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)

    def __call__(self, row: Task) -> bool:
        self.alone.append(row.id)
        return False

    def run_many(self, rows: Sequence[Task]) -> frozenset[str]:
        self.batches.append([row.id for row in rows])
        if self.error:
            raise self.error
        with self.database.write() as unit:
            done = {row.id for row in rows if row.id not in self.left and unit.tasks.complete(row)}
            unit.commit()
        return frozenset(done)


def _claimed(database: SqlDatabase, *rows: Task) -> list[Task]:
    now = datetime.now(UTC)
    with database.write() as unit:
        for row in rows:
            unit.tasks.add(row)
        claimed = unit.tasks.claim(now, now + timedelta(minutes=1), 100)
        unit.commit()
    return sorted(claimed, key=lambda row: row.id)


def _states(database: SqlDatabase) -> list[tuple[str, int]]:
    with database.engine.connect() as connection:
        query = select(table.c.state, table.c.attempts).order_by(table.c.id)
        return [tuple(row) for row in connection.execute(query)]


def _execution(database: SqlDatabase, handler: Any) -> Execution:
    handlers = {"stamp": handler, "plain": lambda _: False}
    return Execution(database, handlers, RealClock(), RETRY, lambda: 1.0)


def test_groups_keep_order_and_take_only_what_can_be_together(database: SqlDatabase) -> None:
    """Fresh tasks of a kind that is run together, few enough; others and those that failed stand alone."""
    execution = _execution(database, Together(database))
    fresh = [replace(task(number), attempts=1) for number in range(BATCH + 1)]
    plain = [replace(task(number, kind="plain"), attempts=1) for number in (20, 21)]
    failed = replace(task(30), attempts=2)
    unknown = replace(task(31, kind="unheard-of"), attempts=1)
    groups = execution.grouped([plain[0], *fresh[:2], failed, plain[1], unknown, *fresh[2:]])
    expected = [(plain[0],), tuple(fresh[:BATCH]), (failed,), (plain[1],), (unknown,), (fresh[BATCH],)]
    assert groups == expected


def test_what_a_batch_leaves_over_is_run_alone(database: SqlDatabase) -> None:
    """All are done at the end, each by exactly one call."""
    handler = Together(database, left=frozenset({"task-2"}))
    _execution(database, handler).run_group(_claimed(database, task(1), task(2), task(3)))
    assert (handler.batches, handler.alone) == ([["task-1", "task-2", "task-3"]], ["task-2"])
    assert _states(database) == [("DONE", 1)] * 3


def test_broken_batch_is_run_one_by_one(database: SqlDatabase) -> None:
    """A batch that fails harms none of its tasks."""
    handler = Together(database, error=ValueError("broken"))
    _execution(database, handler).run_group(_claimed(database, task(1), task(2)))
    assert handler.alone == ["task-1", "task-2"]
    assert _states(database) == [("DONE", 1)] * 2


def test_what_is_down_for_all_is_not_asked_by_each(database: SqlDatabase) -> None:
    """An authority that is away postpones the whole batch at once, the attempt counted."""
    handler = Together(database, error=GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE))
    execution = _execution(database, handler)
    execution.run_group(_claimed(database, task(1), task(2)))
    assert handler.alone == []
    assert _states(database) == [("READY", 1)] * 2
    assert _claimed(database) == []


def test_wish_to_exit_leaves_the_batch_to_its_lease(database: SqlDatabase) -> None:
    """Even SystemExit takes no worker away."""
    handler = Together(database, error=SystemExit())
    _execution(database, handler).run_group(_claimed(database, task(1), task(2)))
    assert (_states(database), handler.alone) == ([("READY", 1)] * 2, [])


def test_workers_run_together_what_they_claimed_together(
    database: SqlDatabase, until: Callable[[Callable[[], bool]], None]
) -> None:
    """Through real threads and the counting wrapper: fewer calls than tasks, each done once and counted."""
    handler, metrics = Together(database), Metrics()
    _claimed(database)
    with database.write() as unit:
        for number in range(40):
            unit.tasks.add(task(number))
        unit.commit()
    wrapped = observed.handler("stamp", handler, metrics, lambda: None)
    workers = LocalWorkers(database, {"stamp": wrapped}, RealClock(), threads=4, poll=0.02)
    workers.start()
    try:
        until(lambda: {state for state, _ in _states(database)} == {"DONE"})
    finally:
        assert workers.stop(20)
    called = [name for batch in handler.batches for name in batch] + handler.alone
    assert sorted(called) == sorted(f"task-{number}" for number in range(40))
    assert len(handler.batches) + len(handler.alone) < 20
    assert b'fehaciente_tasks_total{kind="stamp",outcome="done"} 40.0' in metrics.page()


def test_empty_look_takes_no_writer(
    database: SqlDatabase, until: Callable[[Callable[[], bool]], None]
) -> None:
    """Workers that find nothing never begin a unit that writes; a task that comes is found all the same."""
    real, writes = database.write, []

    @contextmanager
    def counted(**_: object) -> Any:
        writes.append(1)
        with real() as unit:
            yield unit

    database.write = counted  # type: ignore[method-assign]
    workers = LocalWorkers(database, {"stamp": lambda _: False}, RealClock(), poll=0.005)
    looks = []
    real_read = database.read
    database.read = lambda: (looks.append(1), real_read())[1]  # type: ignore[method-assign,func-returns-value]
    workers.start()
    try:
        until(lambda: len(looks) > 5)
        assert writes == []
        with real() as unit:
            unit.tasks.add(task())
            unit.commit()
        until(lambda: _states(database) == [("DONE", 1)])
    finally:
        assert workers.stop(20)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, twenty seconds at most."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = datetime.now(UTC) + timedelta(seconds=20)
        while not condition():
            assert datetime.now(UTC) < deadline, "it did not happen in time"
            time.sleep(0.005)

    return wait
