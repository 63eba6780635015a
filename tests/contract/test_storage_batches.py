"""Batches, their items, limits and reservations, on SQLite and PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.batch import Batch, BatchItem, BatchPolicy, BatchStatus, BatchStep, ItemStatus
from tests.storage_samples import ISSUER, NOW, column_keys, furnished, guid

BATCH = Batch(
    id="0" * 32,
    issuer=ISSUER.number,
    external_id="campaign-1",
    policy=BatchPolicy.BEST_EFFORT,
    priority=5,
    file_sha256=b"\x01" * 32,
    file_size=5_000_000_000,
    signer_sha256="ab" * 32,
    covered=True,
    request_id="request",
    received_at=NOW,
)
SOON = NOW + timedelta(minutes=1)


def _item(position: int) -> BatchItem:
    return BatchItem(BATCH.id, position, position * 4_000_000_000, 20_000)


@pytest.fixture
def stored(database: SqlDatabase) -> SqlDatabase:
    """A database with an issuer, a transaction, and a batch of ten items."""
    furnished(database)
    with database.write() as unit:
        unit.keys.add(BATCH.id, column_keys().keyring.new_key())
        assert unit.batches.add(BATCH)
        unit.batch_items.add(map(_item, range(1, 11)))
        unit.commit()
    return database


def test_batch_comes_back_and_its_external_id_is_taken(stored: SqlDatabase) -> None:
    """A batch is read as it was written, and no other gets its issuer's external id."""
    with stored.write() as unit:
        unit.keys.add("1" * 32, column_keys().keyring.new_key())
        assert not unit.batches.add(replace(BATCH, id="1" * 32))
        unit.commit()
    with stored.read() as unit:
        assert unit.batches.get(BATCH.id) == unit.batches.by_external_id(1, "campaign-1") == BATCH
        assert unit.batches.listed(1, SOON, 9) == unit.batches.listed(None, SOON, 9) == [BATCH]
        assert unit.batches.knows_file(BATCH.id)
        assert not unit.batches.knows_file("")


def test_batch_advances_once(stored: SqlDatabase) -> None:
    """Status and step move by compare-and-set; what is wrong with it is sealed and told again."""
    running = replace(BATCH, status=BatchStatus.RUNNING, step=BatchStep.TAKE, total=10, detail="línea 1")
    with stored.write() as unit:
        assert unit.batches.advance(BATCH, running)
        assert not unit.batches.advance(BATCH, running)
        unit.commit()
    with stored.read() as unit:
        assert unit.batches.active() == [running]


def test_items_are_claimed_in_slices_and_answered_once(stored: SqlDatabase) -> None:
    """Leases keep a slice from others until they end; an answer is given once."""
    with stored.write() as unit:
        first = unit.batch_items.claim(BATCH.id, ItemStatus.WAITING, NOW, SOON, 4)
        second = unit.batch_items.claim(BATCH.id, ItemStatus.WAITING, NOW, SOON, 100)
        assert [item.position for item in (*first, *second)] == list(range(1, 11))
        assert len(unit.batch_items.claim(BATCH.id, ItemStatus.WAITING, SOON, SOON, 100)) == 10
        taken = replace(first[0], status=ItemStatus.ACCEPTED, guid=guid(1), external_id="a")
        refused = replace(first[1], status=ItemStatus.REFUSED, code="E000501", detail="¡no!")
        assert unit.batch_items.answer(taken, ItemStatus.WAITING)
        assert not unit.batch_items.answer(taken, ItemStatus.WAITING)
        assert unit.batch_items.answer(refused, ItemStatus.WAITING)
        unit.commit()
    with stored.read() as unit:
        assert unit.batch_items.page(BATCH.id, 0, 10) == [taken, refused]
        assert unit.batch_items.of_guid(guid(1)) == [taken]
        counts = unit.batches.counts(BATCH)
        assert (counts.accepted, counts.refused, counts.states) == (1, 1, {(0, 0): 1})
        assert unit.batch_items.unanswered(BATCH.id)


def test_racing_workers_share_the_items(stored: SqlDatabase) -> None:
    """Each item goes to exactly one of several workers that claim at once."""
    start = Barrier(4)

    def work(_: int) -> list[int]:
        start.wait()
        found: list[int] = []
        for _round in range(5):
            with stored.write() as unit:
                found += [
                    i.position for i in unit.batch_items.claim(BATCH.id, ItemStatus.WAITING, NOW, SOON, 2)
                ]
                unit.commit()
        return found

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, range(4)))
    assert sorted(place for share in shares for place in share) == list(range(1, 11))


def test_limit_of_a_day_is_never_exceeded(stored: SqlDatabase) -> None:
    """What would exceed the day's limit is not counted at all; without a limit everything is."""
    with stored.write() as unit:
        assert unit.quotas.take(1, "2026-03-29", 7, 10)
        assert not unit.quotas.take(1, "2026-03-29", 4, 10)
        assert unit.quotas.take(1, "2026-03-29", 3, 10)
        assert unit.quotas.taken(1, "2026-03-29") == 10
        assert unit.quotas.take(1, "2026-03-30", 1000, 0)
        unit.commit()


def test_reserved_external_ids_have_one_holder(stored: SqlDatabase) -> None:
    """Until it is released, an external id is one batch's."""
    with stored.write() as unit:
        unit.reservations.lock(1)
        assert unit.reservations.add(1, "a", BATCH.id, b"\x02" * 32)
        assert not unit.reservations.add(1, "a", BATCH.id, b"\x03" * 32)
        assert unit.reservations.holder(1, "a") == (BATCH.id, b"\x02" * 32)
        unit.reservations.release(BATCH.id)
        assert unit.reservations.holder(1, "a") is None
        unit.commit()


def test_file_is_needed_while_a_transaction_of_it_lives(stored: SqlDatabase) -> None:
    """A batch that is over ends once none of its transactions is left; its counts stay."""
    over = replace(
        BATCH,
        status=BatchStatus.FINISHED,
        step=BatchStep.DONE,
        total=10,
        accepted=1,
        refused=9,
        finished_at=NOW,
    )
    taken = replace(_item(1), status=ItemStatus.ACCEPTED, guid=guid(1))
    with stored.write() as unit:
        assert unit.batches.advance(BATCH, over)
        assert unit.batch_items.answer(taken, ItemStatus.WAITING)
        assert unit.batches.ended(SOON, 10) == []
        unit.tombstones.erase(guid(1))
        assert unit.batches.ended(NOW, 10) == []
        assert unit.batches.ended(SOON, 10) == [over]
        assert unit.batches.forget_file(BATCH.id)
        assert unit.batches.ended(SOON, 10) == []
        counts = unit.batches.counts(over)
        assert (counts.total, counts.accepted, counts.refused, counts.states) == (10, 1, 9, {})
        unit.commit()
