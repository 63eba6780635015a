"""A worker slower than its lease: what another did meanwhile stands, and what is kept can be read."""

from pathlib import Path

import pytest

from gateway.domain.batch import BatchStatus, BatchStep
from gateway.usecases.batches.items import Judged
from gateway.usecases.batches.slices import SliceWriter
from gateway.usecases.batches.take import TakeBatch
from gateway.usecases.outbox import Kind
from tests.acceptance.test_batch_policies import BAD, until
from tests.batch_house import answers, batch_house, bring, refusals, worked
from tests.batch_samples import batch_xml, orders
from tests.house import LEASE


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
