"""Two batches and Submit bring the same external ids at the same moment: one transaction each."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from gateway.adapters.storage.tables import transactions
from gateway.domain.batch import BatchPolicy, BatchStatus
from gateway.domain.errors import ErrorKind, GatewayError
from tests.batch_house import batch_house, bring
from tests.batch_samples import batch_xml, orders
from tests.house import BANK, House
from tests.services import postgresql_database

ITEMS = 30


def test_same_external_ids_everywhere_at_once(tmp_path: Path) -> None:
    """In opposite orders, one of the batches ALL_OR_NOTHING, by several workers on PostgreSQL."""
    with postgresql_database() as url:
        house = batch_house(tmp_path, url)
        same = orders(ITEMS)
        one = bring(house, batch_xml(same))
        two = bring(house, batch_xml(same[::-1], "lote-2"), "lote-2", policy=BatchPolicy.ALL_OR_NOTHING)
        with ThreadPoolExecutor(6) as pool:
            submitted = pool.map(lambda octets: submit(house, octets), same)
            for _ in range(12):
                list(pool.map(lambda _: work(house), range(4)))
                house.clock.advance(timedelta(minutes=3))
            guids = {guid for guid in submitted if guid}
        house.drain()
        views = [house.system.batches.get(BANK, batch.id) for batch in (one, two)]
        answered = [
            {item.external_id: item.guid for item in house.system.batches.report.items(BANK, batch.id)}
            for batch in (one, two)
        ]
        with house.tech.database.engine.connect() as connection:
            stored = connection.execute(select(func.count()).select_from(transactions)).scalar()
        house.close()
    assert [view.batch.status for view in views] == [BatchStatus.FINISHED] * 2
    assert answered[0] == answered[1]
    assert len(set(answered[0].values())) == ITEMS == stored
    assert guids <= set(answered[0].values())


def submit(house: House, octets: bytes) -> str:
    try:
        return house.submit(octets).guid
    except GatewayError as error:
        if error.kind is not ErrorKind.TEMPORARILY_UNAVAILABLE:
            raise
        return ""


def work(house: House) -> None:
    while tasks := house.claim(1):
        house.run(*tasks)
