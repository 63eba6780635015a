"""Workers of both engines on real databases: each task once, in time, whatever its handler does."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.adapters.storage.tables import tasks
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.work.retry import Retry
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import Wake
from tests.storage_samples import task
from tests.workforces import ENGINES, PATIENCE, Engine

QUICK = Retry(base=timedelta(milliseconds=2), cap=timedelta(milliseconds=5), attempts=3)


def _add(database: SqlDatabase, *rows: Task) -> None:
    with database.write() as unit:
        for row in rows:
            unit.tasks.add(row)
        unit.commit()


def _states(database: SqlDatabase) -> list[tuple[str, int, str]]:
    columns = (tasks.c.state, tasks.c.attempts, tasks.c.last_error)
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(tasks.c.id))]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, database: SqlDatabase) -> Engine:
    return Engine(request.param, database)


def test_every_task_runs_once_and_is_done(database: SqlDatabase, engine: Engine) -> None:
    """Two sets of workers on one database run each of many tasks exactly once."""
    ran: list[str] = []

    def handler(row: Task) -> bool:
        ran.append(row.id)
        return False

    _add(database, *(task(number) for number in range(100)))
    with engine.working(handler, retry=QUICK), engine.working(handler, retry=QUICK, threads=1):
        _until(lambda: {state for state, _, _ in _states(database)} == {"DONE"})
    assert sorted(ran) == sorted(f"task-{number}" for number in range(100))


def test_handler_may_complete_in_its_own_unit(
    database: SqlDatabase, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """A handler that says it completed the task costs no second commit and no warning."""

    def handler(row: Task) -> bool:
        with database.write() as unit:
            done = unit.tasks.complete(row)
            unit.commit()
        return done

    _add(database, task())
    with engine.working(handler, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DONE")
    assert caplog.records == []


def test_waking_beats_the_poll(database: SqlDatabase, engine: Engine) -> None:
    """A woken worker starts at once, though its next look would be a minute away."""
    began = threading.Event()

    def handler(_: Task) -> bool:
        began.set()
        return False

    with engine.working(handler, retry=QUICK, poll=60) as workers:
        time.sleep(0.1)
        _add(database, task())
        wake: Wake = workers.wake
        started = time.monotonic()
        wake()
        assert began.wait(5)
        assert time.monotonic() - started < 1


def test_poll_finds_what_nobody_announced(database: SqlDatabase, engine: Engine) -> None:
    """A task that another process added, or that falls due later, is found by looking."""
    due_at = datetime.now(UTC) + timedelta(seconds=1)
    began: list[datetime] = []

    def handler(_: Task) -> bool:
        began.append(datetime.now(UTC))
        return False

    _add(database, task(due_at=due_at))
    with engine.working(handler, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DONE")
    assert [moment >= due_at for moment in began] == [True]


def test_failures_are_tried_again(database: SqlDatabase, engine: Engine) -> None:
    """After two failures the third attempt succeeds, and the count tells."""
    attempts: list[int] = []

    def handler(row: Task) -> bool:
        attempts.append(row.attempts)
        if row.attempts < 3:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "no TSA answers")
        return False

    _add(database, task())
    with engine.working(handler, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DONE")
    assert attempts == [1, 2, 3]
    assert "no TSA answers" in _states(database)[0][2]


def test_hopeless_tasks_are_buried_without_secrets(
    database: SqlDatabase, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """At the limit a task is dead, and neither its row nor the log repeats a foreign message."""

    def handler(_: Task) -> bool:
        raise ValueError("code 123456 for +34600000123")

    _add(database, task())
    with caplog.at_level(logging.DEBUG), engine.working(handler, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DEAD")
    [(_, attempts, error)] = _states(database)
    assert attempts == 3
    assert error.startswith("ValueError at test_work_local.py:")
    assert "is dead" in caplog.text
    assert "123456" not in caplog.text


def test_postponed_tasks_lose_no_attempt(database: SqlDatabase, engine: Engine) -> None:
    """A handler that postpones again and again never reaches the limit."""
    calls: list[int] = []

    def handler(row: Task) -> bool:
        calls.append(row.attempts)
        if len(calls) < 8:
            raise Postpone(datetime.now(UTC))
        return False

    _add(database, task())
    with engine.working(handler, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DONE")
    assert calls == [1] * 8


def test_unknown_kinds_fail_and_die(database: SqlDatabase, engine: Engine) -> None:
    """A task that nobody handles is seen by support, not lost."""
    _add(database, task(kind="unheard-of"))
    with engine.working(lambda _: False, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DEAD")
    assert "no handler for unheard-of" in _states(database)[0][2]


def test_threads_survive_even_a_wish_to_exit(database: SqlDatabase, engine: Engine) -> None:
    """After SystemExit in a handler the only thread goes on; the task comes back when its lease ends."""
    ran: list[str] = []

    def handler(row: Task) -> bool:
        ran.append(row.id)
        if len(ran) == 1:
            raise SystemExit
        return False

    _add(database, task(1), task(2))
    with engine.working(handler, retry=QUICK, threads=1, lease=timedelta(seconds=1)):
        _until(lambda: [state for state, _, _ in _states(database)] == ["DONE", "DONE"])
    assert sorted(ran) == sorted(["task-1", "task-2", ran[0]])


def test_worker_that_lost_its_lease_settles_nothing(
    database: SqlDatabase, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """While one worker is stuck past its lease another takes over; the late one only logs the loss."""
    stuck, release = threading.Event(), threading.Event()

    def handler(row: Task) -> bool:
        if row.fence == 1:
            stuck.set()
            release.wait(PATIENCE)
        return False

    _add(database, task())
    with engine.working(handler, retry=QUICK, threads=2, lease=timedelta(seconds=0.3)):
        assert stuck.wait(PATIENCE)
        _until(lambda: _states(database)[0] == ("DONE", 2, ""))
        release.set()
        _until(lambda: "the lease was lost" in caplog.text)
    assert _states(database)[0] == ("DONE", 2, "")


def test_task_that_killed_every_worker_is_buried(database: SqlDatabase, engine: Engine) -> None:
    """A task whose workers died at each attempt is not run for ever."""
    _add(database, task())
    past = datetime(2026, 3, 30, tzinfo=UTC)
    for _ in range(QUICK.attempts):
        with database.write() as unit:
            assert unit.tasks.claim(past, past, 1)
            unit.commit()
    with engine.working(lambda _: pytest.fail("it must not run"), retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DEAD")
    assert "died" in _states(database)[0][2]


def test_stopping_waits_and_gives_back_the_rest(database: SqlDatabase, engine: Engine) -> None:
    """What has begun ends; what was claimed but not begun is free at once, its attempt not counted."""
    began, release = threading.Event(), threading.Event()

    def handler(_: Task) -> bool:
        began.set()
        release.wait(PATIENCE)
        return False

    _add(database, task(1), task(2))
    workers = engine.workers(handler, threads=1)
    workers.start()
    assert began.wait(PATIENCE)
    assert not workers.stop(0.2)
    release.set()
    assert workers.stop(PATIENCE)
    assert sorted(_states(database)) == [("DONE", 1, ""), ("READY", 0, "")]
    with database.write() as unit:
        assert len(unit.tasks.claim(datetime.now(UTC), datetime.now(UTC), 9)) == 1


def test_broken_database_is_waited_for(
    database: SqlDatabase, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """Claims that fail are logged and tried again until the database answers."""
    real, failures = database.write, iter(range(3))

    @contextmanager
    def flaky(**_: object) -> Iterator[object]:
        if next(failures, None) is not None:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        with real() as unit:
            yield unit

    _add(database, task())
    database.write = flaky  # type: ignore[method-assign,assignment]
    with engine.working(lambda _: False, retry=QUICK):
        _until(lambda: _states(database)[0][0] == "DONE")
    assert "tasks cannot be claimed" in caplog.text


def test_workers_start_once(database: SqlDatabase, engine: Engine) -> None:
    """Starting twice would double the threads, so it is an error."""
    with engine.working(lambda _: False, retry=QUICK) as workers, pytest.raises(RuntimeError):
        workers.start()
