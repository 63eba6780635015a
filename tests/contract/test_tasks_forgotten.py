"""Tasks that were done long ago are forgotten in slices; nothing that still means something is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.adapters.storage.tables import tasks
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.usecases import upkeep
from gateway.usecases.upkeep import Upkeep
from tests.storage_samples import task

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


class FixedClock:
    def now(self) -> datetime:
        return NOW


def left(database: SqlDatabase) -> list[tuple[str, str]]:
    with database.engine.connect() as connection:
        query = select(tasks.c.id, tasks.c.state).order_by(tasks.c.id)
        return [tuple(row) for row in connection.execute(query)]


def fill(database: SqlDatabase) -> None:
    """Twelve old done ones, and one of each kind that has to stay."""
    with database.write() as unit:
        for number in range(12):
            unit.tasks.add(replace(task(number, due_at=NOW - 31 * DAY), lane=number % 2))
        for number in (20, 21):
            unit.tasks.add(task(number, due_at=NOW - (31 if number == 20 else 29) * DAY))
        old, far = NOW - 40 * DAY, NOW + DAY
        for claimed in unit.tasks.claim(NOW, far, 100):
            (unit.tasks.bury(claimed, "broken") if claimed.id == "task-20" else unit.tasks.complete(claimed))
        unit.tasks.add(task(22, due_at=old))
        unit.commit()


def test_only_what_was_done_long_ago_goes(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dead, waiting and young ones stay; the slices are as many as are needed."""
    monkeypatch.setattr(upkeep, "SLICE", 5)
    fill(database)
    chores = Upkeep(database, FixedClock(), lambda: None, 30 * DAY)
    assert chores.forget_done() == 12
    assert left(database) == [("task-20", "DEAD"), ("task-21", "DONE"), ("task-22", "READY")]
    assert chores.forget_done() == 0


def test_a_round_is_bounded(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is more than a round's slices is left to the next round."""
    monkeypatch.setattr(upkeep, "SLICE", 5)
    monkeypatch.setattr(upkeep, "SLICES", 2)
    fill(database)
    chores = Upkeep(database, FixedClock(), lambda: None, 30 * DAY)
    assert [chores.forget_done() for _ in range(3)] == [10, 2, 0]
