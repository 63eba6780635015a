"""The outbox: claims, leases and fences, on SQLite and PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.record import BULK, INTERACTIVE, Task, TaskState
from tests.storage_samples import NOW, task

HOUR = timedelta(hours=1)
LEASE = NOW + timedelta(seconds=60)
AFTER = LEASE + timedelta(seconds=1)


def _stored(database: SqlDatabase, *tasks: Task) -> None:
    with database.write() as unit:
        for row in tasks:
            unit.tasks.add(row)
        unit.commit()


def _claim(
    database: SqlDatabase, now: datetime = NOW, until: datetime = LEASE, limit: int = 10
) -> list[Task]:
    with database.write() as unit:
        claimed = list(unit.tasks.claim(now, until, limit))
        unit.commit()
    return claimed


def test_claim_takes_what_is_due_earliest_first(database: SqlDatabase) -> None:
    """Only due tasks, the earliest first, up to the limit; attempts and fence grow by one."""
    late, early = task(1), task(2, NOW - timedelta(seconds=1))
    _stored(database, late, early, task(3, NOW + timedelta(microseconds=1)))
    assert _claim(database, limit=1) == [replace(early, attempts=1, fence=1)]
    assert _claim(database) == [replace(late, attempts=1, fence=1)]
    assert _claim(database) == []


def test_every_task_is_claimed_once(database: SqlDatabase) -> None:
    """Racing workers share the tasks out: each goes to exactly one, and none is left."""
    _stored(database, *(task(number) for number in range(60)))
    start = Barrier(6)

    def work(_: int) -> list[str]:
        start.wait()
        mine: list[str] = []
        while claimed := _claim(database, limit=3):
            assert len(claimed) <= 3
            mine += [row.id for row in claimed]
        return mine

    with ThreadPoolExecutor(6) as pool:
        shares = list(pool.map(work, range(6)))
    taken = [each for share in shares for each in share]
    # A worker may find everything locked by rivals and leave early, so the rest is claimed here.
    taken += [row.id for row in _claim(database, limit=60)]
    assert sorted(taken) == sorted(f"task-{number}" for number in range(60))


def test_ended_lease_frees_the_task_and_fences_its_worker(database: SqlDatabase) -> None:
    """After the lease another worker gets the task with a newer fence, and the first can do nothing more."""
    _stored(database, task())
    [first] = _claim(database)
    [second] = _claim(database, AFTER, AFTER + timedelta(seconds=60))
    assert (second.attempts, second.fence) == (2, 2)
    with database.write() as unit:
        assert not unit.tasks.complete(first)
        assert not unit.tasks.release(first, NOW, "late", count=True)
        assert not unit.tasks.bury(first, "late")
        assert unit.tasks.complete(second)
        assert not unit.tasks.complete(second)
        unit.commit()
    assert _claim(database, AFTER + timedelta(days=1), AFTER + timedelta(days=2)) == []


def test_reap_frees_ended_leases_only(database: SqlDatabase) -> None:
    """Reaping counts the leases that ended; their workers may still complete what nobody took over."""
    _stored(database, task(1), task(2))
    [first] = _claim(database, limit=1)
    [second] = _claim(database, until=AFTER + timedelta(seconds=1))
    with database.write() as unit:
        assert unit.tasks.reap(AFTER) == 1
        assert unit.tasks.reap(AFTER) == 0
        assert unit.tasks.complete(first)
        assert unit.tasks.complete(second)


def test_release_gives_back_for_later(database: SqlDatabase) -> None:
    """A released task waits for its new time, keeps its error and, when told so, does not count."""
    _stored(database, task())
    [first] = _claim(database)
    later = NOW + timedelta(seconds=5)
    with database.write() as unit:
        assert unit.tasks.release(first, later, "x" * 5000, count=True)
        unit.commit()
    assert _claim(database) == []
    [second] = _claim(database, later)
    assert (second.attempts, second.fence, second.last_error) == (2, 2, "x" * 1000)
    with database.write() as unit:
        assert unit.tasks.release(second, later, "", count=False)
        unit.commit()
    assert _claim(database, later)[0].attempts == 2


def test_dead_tasks_are_seen_and_revived(database: SqlDatabase) -> None:
    """A buried task is claimed by nobody, listed for support, and comes back with its attempts forgotten."""
    _stored(database, task(1), task(2, NOW - timedelta(seconds=1)))
    with database.write() as unit:
        for row in unit.tasks.claim(NOW, LEASE, 10):
            assert unit.tasks.bury(row, "broken")
        unit.commit()
    assert _claim(database, AFTER, AFTER + timedelta(seconds=60)) == []
    with database.write() as unit:
        dead = unit.tasks.dead(10)
        assert [row.id for row in dead] == ["task-2", "task-1"]
        assert {(row.state, row.last_error) for row in dead} == {(TaskState.DEAD, "broken")}
        assert len(unit.tasks.dead(1)) == 1
        assert unit.tasks.revive("task-1", AFTER)
        assert not unit.tasks.revive("task-1", AFTER)
        assert not unit.tasks.revive("nobody", AFTER)
        unit.commit()
    [revived] = _claim(database, AFTER)
    assert (revived.id, revived.attempts, revived.fence) == ("task-1", 1, 2)


def test_claim_that_is_rolled_back_never_happened(database: SqlDatabase) -> None:
    """A claim counts from its commit only."""
    _stored(database, task())
    with database.write() as unit:
        assert unit.tasks.claim(NOW, LEASE, 1)
    assert _claim(database)[0].fence == 1


def test_busy_rows_are_skipped_not_waited_for(migrated: str, database: SqlDatabase) -> None:
    """While one PostgreSQL worker holds its claim open, another takes the next tasks at once."""
    if migrated.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time")
    _stored(database, task(1), task(2))
    with database.write() as unit:
        [first] = unit.tasks.claim(NOW, LEASE, 1)
        [second] = _claim(database)
        assert {first.id, second.id} == {"task-1", "task-2"}


def test_held_tasks_keep_their_place(database: SqlDatabase) -> None:
    """Held, they are nobody's until then; no attempt is counted, and the earliest due still comes first."""
    _stored(database, task(1), task(2, NOW - timedelta(hours=1)))
    early, late = _claim(database)
    until = NOW + timedelta(minutes=2)
    with database.write() as unit:
        assert unit.tasks.hold(late, until, "down")
        assert unit.tasks.hold(early, until, "down")
        assert not unit.tasks.complete(replace(late, fence=late.fence - 1))
        unit.commit()
    _stored(database, task(3, NOW + timedelta(minutes=1)))
    assert [row.id for row in _claim(database, until - timedelta(microseconds=1), until + HOUR)] == ["task-3"]
    again = _claim(database, until, until + HOUR)
    assert [row.id for row in again] == [early.id, late.id]
    assert [(row.attempts, row.fence, row.last_error) for row in again] == [(1, 2, "down")] * 2


def test_only_the_holder_of_a_task_holds_it(database: SqlDatabase) -> None:
    """A worker whose lease ended can hold nothing back from the one that has the task now."""
    _stored(database, task(1))
    [mine] = _claim(database)
    later = LEASE + timedelta(hours=1)
    _claim(database, AFTER, later)
    with database.write() as unit:
        assert not unit.tasks.hold(mine, later, "down")
        unit.commit()


def test_interactive_tasks_are_claimed_before_bulk(database: SqlDatabase) -> None:
    """However long bulk tasks have waited, interactive ones come first; what these leave is theirs."""
    bulk = [replace(task(number, NOW - HOUR), lane=BULK) for number in range(1, 6)]
    _stored(database, *bulk, task(10), task(11))
    first = _claim(database, limit=3)
    assert [(each.id, each.lane) for each in first] == [
        (task(10).id, INTERACTIVE),
        (task(11).id, INTERACTIVE),
        (bulk[0].id, BULK),
    ]
    assert len(_claim(database, limit=9)) == 4


def test_bulk_tasks_get_the_places_that_are_theirs(database: SqlDatabase) -> None:
    """So many places as the claimer says are bulk work's before; with None it gets none at all."""
    _stored(database, *(replace(task(number), lane=BULK) for number in range(1, 6)))
    _stored(database, *(task(number) for number in range(10, 20)))
    with database.write() as unit:
        assert unit.tasks.waiting(NOW)
        lanes = [each.lane for each in unit.tasks.claim(NOW, LEASE, 4, 1)]
        assert sorted(lanes) == [INTERACTIVE] * 3 + [BULK]
        assert {each.lane for each in unit.tasks.claim(NOW, LEASE, 20, None)} == {INTERACTIVE}
        assert unit.tasks.waiting(NOW)
        assert not unit.tasks.waiting(NOW, bulk=False)
        assert len(unit.tasks.claim(NOW, LEASE, 20, 20)) == 4
        unit.commit()


def test_lease_is_prolonged_by_its_holder_alone(database: SqlDatabase) -> None:
    """A task that takes long keeps its lease; whoever lost it cannot."""
    _stored(database, task(1))
    (mine,) = _claim(database)
    with database.write() as unit:
        assert unit.tasks.prolong(mine, LEASE + HOUR)
        unit.commit()
    assert _claim(database, AFTER, AFTER + HOUR) == []
    (theirs,) = _claim(database, LEASE + 2 * HOUR, LEASE + 3 * HOUR)
    with database.write() as unit:
        assert not unit.tasks.prolong(mine, LEASE + 9 * HOUR)
        assert unit.tasks.prolong(theirs, LEASE + 9 * HOUR)
