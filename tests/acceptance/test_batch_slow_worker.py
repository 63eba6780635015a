"""A worker slower than its lease: what another did meanwhile stands, and what is kept can be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.domain.batch import Batch, BatchStatus, BatchStep
from gateway.domain.record import Task
from gateway.usecases.batches.items import Judged
from gateway.usecases.batches.read import ReadBatch
from gateway.usecases.batches.slices import SliceWriter
from gateway.usecases.batches.take import OCTETS, TakeBatch
from gateway.usecases.outbox import Kind
from gateway.usecases.ports.batches import BatchReading
from tests.acceptance.test_batch_policies import BAD, until
from tests.batch_house import answers, batch_house, bring, refusals, worked
from tests.batch_samples import batch_xml, orders
from tests.house import BANK, LEASE


@pytest.mark.parametrize("order", ["slow fast FAST SLOW", "slow fast SLOW FAST", "fast FAST slow SLOW"])
def test_refused_item_stays_readable(tmp_path: Path, order: str) -> None:
    """Two workers keep a refused item's octets (small), write its rows (capitals): one refusal, it opens."""
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml([*orders(1), BAD]))
    until(house, batch, BatchStep.TAKE)
    take = house.system.batches.handlers[Kind.TAKE_BATCH]
    assert isinstance(take, TakeBatch)
    works = {"slow": take._claim()}
    house.clock.advance(2 * LEASE)
    works["fast"] = take._claim()
    write = SliceWriter(take.database, take.files, take.judge, take.clock)
    judged: dict[str, list[Judged]] = {}
    for step in order.split():
        work = works[step.lower()]
        assert work is not None
        if step.islower():
            judged[step], failures = take._judged(work)
            assert failures == []
        else:
            write(work, judged[step.lower()], lambda _uow: None)
    view = worked(house, batch)
    assert (view.batch.status, view.counts.accepted, view.counts.refused) == (BatchStatus.FINISHED, 1, 1)
    assert answers(house, batch) == [(1, ""), (2, "E000305")]
    (owner,) = refusals(house, batch, 2)
    with house.tech.database.read() as uow:
        rejection, key = uow.rejections.get(owner), uow.keys.get(owner)
    assert rejection is not None
    assert b"NONSENSE" in house.tech.vault.get(owner, key, rejection.raw_sha256)
    house.close()


def test_reading_of_few_large_items_keeps_its_lease(tmp_path: Path) -> None:
    """However long each item takes, nobody else begins to read the same file."""
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml(orders(6)))
    read = house.system.batches.handlers[Kind.READ_BATCH]
    assert isinstance(read, ReadBatch)
    stolen: list[Task] = []

    class Slow:
        """Each item takes a third of the lease."""

        @contextmanager
        def reading(self, batch: Batch) -> Iterator[Any]:
            with read.files.reading(batch) as reading:
                yield SimpleNamespace(places=lambda: self._places(reading), facts=reading.facts)

        def _places(self, reading: BatchReading) -> Iterator[list[tuple[int, int]]]:
            for places in reading.places():
                for place in places:
                    yield [place]
                    house.clock.advance(LEASE / 3)
                    stolen.extend(house.claim(1))

    (task,) = house.claim(1)
    assert replace(read, files=Slow())(task)  # type: ignore[arg-type]
    view = house.system.batches.get(BANK, batch.id)
    house.close()
    assert stolen == []
    assert view.batch.status is BatchStatus.RUNNING


def test_slice_of_large_items_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice ends where its octets do, lest no worker end it within the lease; none is left out."""
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml(orders(5)))
    until(house, batch, BatchStep.TAKE)
    take = house.system.batches.handlers[Kind.TAKE_BATCH]
    assert isinstance(take, TakeBatch)
    slices = []
    for octets in (1, 5 * len(orders(1)[0]) // 2, OCTETS):
        monkeypatch.setattr("gateway.usecases.batches.take.OCTETS", octets)
        work = take._claim()
        assert work is not None
        slices.append([item.position for item in work.items])
    house.clock.advance(2 * LEASE)
    view = worked(house, batch)
    house.close()
    assert slices == [[1], [2, 3], [4, 5]]
    assert view.counts.accepted == 5


def test_waiting_for_a_turn_is_no_failure(tmp_path: Path) -> None:
    """While another file is read, one waits two seconds each time, and no attempt is counted."""
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml(orders(1)))
    read = house.system.batches.handlers[Kind.READ_BATCH]
    assert isinstance(read, ReadBatch)
    with read.turns.take():
        for _ in range(15):
            house.wait(timedelta(seconds=3))
    house.clock.advance(timedelta(seconds=3))
    (task,) = house.claim(1)
    house.run(task)
    view = worked(house, batch)
    house.close()
    assert task.attempts == 1
    assert view.batch.status is BatchStatus.FINISHED
