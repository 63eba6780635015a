"""A batch whose file cannot be read harms nobody else's batch."""

from datetime import timedelta
from pathlib import Path

from gateway.domain.batch import BatchStatus, BatchStep
from tests.acceptance.test_batch_policies import until
from tests.batch_house import batch_house, bring, worked
from tests.batch_samples import batch_xml, orders


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
