"""A batch whose file cannot be read harms nobody else's batch."""

from datetime import timedelta
from pathlib import Path

from gateway.domain.batch import BatchStatus, BatchStep
from tests.acceptance.test_batch_policies import until
from tests.batch_house import batch_house, bring, worked
from tests.batch_samples import batch_xml, orders
from tests.house import BANK


def test_lost_file_keeps_no_other_batch(tmp_path: Path) -> None:
    """A batch that comes first and has lost its file: the other one is taken whole, and its tasks live."""
    house = batch_house(tmp_path)
    lost = bring(house, batch_xml(orders(250)))
    until(house, lost, BatchStep.TAKE)
    house.system.batches.spool.remove(lost.id)
    other = bring(house, batch_xml(orders(3, "other"), "lote-2"), "lote-2")
    for _ in range(40):
        house.drain()
        house.clock.advance(timedelta(minutes=5))
    view = worked(house, other)
    dead = {task.guid for task in house.system.support.dead_tasks(100)}
    house.close()
    assert view.batch.status is BatchStatus.FINISHED
    assert other.id not in dead


def test_lost_file_is_no_fault_of_the_issuer(tmp_path: Path) -> None:
    """An acknowledged batch whose file is gone before it was read is not refused: it waits for a person."""
    house = batch_house(tmp_path)
    batch = bring(house, batch_xml(orders(1)))
    house.system.batches.spool.remove(batch.id)
    for _ in range(20):
        house.wait(timedelta(hours=2))
    view, dead = house.system.batches.get(BANK, batch.id), house.system.support.dead_tasks(100)
    house.close()
    assert view.batch.status is BatchStatus.RECEIVED
    assert [task.guid for task in dead] == [batch.id]
