"""ALL_OR_NOTHING, daily limits, priorities, and batches beside people who wait: in a whole gateway."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.domain.batch import Batch, BatchPolicy, BatchStatus, BatchStep
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import BULK, INTERACTIVE
from tests.batch_house import answers, batch_house, bring, worked
from tests.batch_samples import batch_xml, orders
from tests.house import BANK, INSURER, House
from tests.orders import order
from tests.services import postgresql_database

ALL = BatchPolicy.ALL_OR_NOTHING
BAD = order(external_id="bad").replace(b"<service>CONTRACT_EXPRESS<", b"<service>NONSENSE<")


@pytest.fixture(params=["sqlite", "postgresql"])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "sqlite":
        made = batch_house(tmp_path)
        yield made
        made.close()
        return
    with postgresql_database() as url:
        made = batch_house(tmp_path, url)
        yield made
        made.close()


def until(house: House, batch: Batch, wanted: BatchStep) -> None:
    """Run tasks, one by one, until the batch has come to a step."""
    for _ in range(200):
        with house.tech.database.read() as uow:
            found = uow.batches.get(batch.id)
        if found is not None and found.step is wanted:
            return
        (task,) = house.claim(1)
        house.run(task)
    raise AssertionError(f"it never came to {wanted}")


def test_all_or_nothing_takes_everything(house: House) -> None:
    """Good items are all taken, once each, after all of them were checked; nothing stays reserved."""
    items = orders(30)
    batch = bring(house, batch_xml([*items, items[0]]), policy=ALL)
    until(house, batch, BatchStep.TAKE)
    view = house.system.batches.get(BANK, batch.id)
    assert (view.counts.accepted, view.counts.refused) == (0, 0)
    view = worked(house, batch)
    assert (view.batch.status, view.counts.accepted) == (BatchStatus.FINISHED, 31)
    with house.tech.database.read() as uow:
        assert uow.reservations.holder(1, "item-1") is None


def test_one_bad_item_withholds_all(house: House) -> None:
    """One refusal refuses every item, each with its own code, and no transaction exists."""
    batch = bring(house, batch_xml([*orders(2), BAD, *orders(1, "more")], policy="ALL_OR_NOTHING"))
    view = worked(house, batch)
    assert (view.batch.status, view.batch.code) == (BatchStatus.REFUSED, "E000511")
    assert answers(house, batch) == [(1, "E000511"), (2, "E000511"), (3, "E000305"), (4, "E000511")]
    assert house.submit(orders(1)[0]).guid


def test_reserved_external_ids_are_nobody_elses(house: House) -> None:
    """Between check and acceptance a Submit of other content is refused, and one of the same is met."""
    items = orders(3)
    batch = bring(house, batch_xml(items), policy=ALL)
    until(house, batch, BatchStep.TAKE)
    with pytest.raises(GatewayError) as caught:
        house.submit(order(external_id="item-2", subject="Otro"))
    assert caught.value.kind is ErrorKind.EXTERNAL_ID_RESERVED
    receipt = house.submit(items[0])
    view = worked(house, batch)
    assert view.counts.accepted == 3
    assert house.system.batches.report(BANK, batch.id).items[0].guid == receipt.guid


def test_two_all_or_nothing_batches_of_the_same_ids(house: House) -> None:
    """The first to reserve an external id has it; the other batch is refused as a whole."""
    first = bring(house, batch_xml(orders(3)), policy=ALL)
    until(house, first, BatchStep.TAKE)
    other = order(external_id="item-3", subject="Otro")
    second = bring(house, batch_xml([order(external_id="x"), other], "lote-2"), "lote-2", policy=ALL)
    assert worked(house, second).batch.status is BatchStatus.REFUSED
    assert worked(house, first).counts.accepted == 3
    assert answers(house, second)[0] == (1, "E000511")


def test_daily_limit_lets_the_rest_wait_for_tomorrow(house: House) -> None:
    """Items beyond the day's limit are taken on the next day by UTC; nothing of them is refused."""
    now = house.clock.now()
    house.clock.advance(datetime(now.year, now.month, now.day, 12, tzinfo=UTC) + timedelta(days=1) - now)
    with house.tech.database.write() as uow:
        uow.issuers.set_profile(replace(BANK, daily_limit=30))
        uow.commit()
    batch = bring(house, batch_xml(orders(70)))
    for expected in (30, 60, 70):
        view = worked(house, batch)
        assert view.counts.accepted == expected
        house.clock.advance(timedelta(days=1))
    assert worked(house, batch).batch.status is BatchStatus.FINISHED


def test_priority_orders_batches(house: House) -> None:
    """Whoever's task runs, the slice is of the batch of the first priority."""
    with house.tech.database.write() as uow:
        uow.issuers.set_profile(replace(INSURER, priority=1))
        uow.commit()
    slow = bring(house, batch_xml(orders(60)))
    urgent = replace(INSURER, priority=1)
    quick = bring(house, batch_xml(orders(60)), issuer=urgent)
    until(house, quick, BatchStep.TAKE)
    for _ in range(3):
        (task,) = house.claim(1)
        house.run(task)
    assert house.system.batches.get(INSURER, quick.id).counts.accepted == 60
    assert house.system.batches.get(BANK, slow.id).counts.accepted < 60


def test_people_do_not_wait_behind_a_batch(house: House) -> None:
    """While hundreds of tasks of a batch wait, each task of a submission is the next one to run."""
    batch = bring(house, batch_xml(orders(60)))
    until(house, batch, BatchStep.TAKE)
    for _ in range(3):
        (task,) = house.claim(1)
        house.run(task)
    receipt = house.submit()
    for _ in range(4):
        (task,) = house.claim(1)
        assert (task.lane, task.guid) == (INTERACTIVE, receipt.guid)
        house.run(task)
    assert house.state(receipt.guid)[0] >= 3
    with house.tech.database.write() as uow:
        waiting = uow.tasks.claim(house.clock.now(), house.clock.now() + timedelta(minutes=1), 500)
        assert len([each for each in waiting if each.lane == BULK]) > 100
