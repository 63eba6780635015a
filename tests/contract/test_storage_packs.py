"""Packs: one list of files stands for a transaction, and one pack is published on it."""

from datetime import timedelta

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.pack import PackRecord
from tests.storage_samples import NOW, furnished, guid

FIRST, OTHER = b"\x01" * 32, b"\x02" * 32


def test_the_first_list_stands(database: SqlDatabase) -> None:
    """Whoever comes later is told the list that was noted first."""
    furnished(database)
    with database.write() as uow:
        assert uow.packs.get(guid(1)) is None
        assert uow.packs.intend(guid(1), FIRST) == FIRST
        assert uow.packs.intend(guid(1), OTHER) == FIRST
        uow.commit()
    with database.read() as uow:
        assert uow.packs.get(guid(1)) == PackRecord(guid(1), FIRST)


def test_one_pack_is_published(database: SqlDatabase) -> None:
    """Only on the list that stands, and only once."""
    furnished(database)
    made = PackRecord(guid(1), FIRST, OTHER, 3_000_000_000, NOW)
    with database.write() as uow:
        assert not uow.packs.publish(made)
        uow.packs.intend(guid(1), FIRST)
        assert not uow.packs.publish(PackRecord(guid(1), OTHER, OTHER, 1, NOW))
        assert uow.packs.publish(made)
        assert not uow.packs.publish(PackRecord(guid(1), FIRST, FIRST, 1, NOW + timedelta(days=1)))
        uow.commit()
    with database.read() as uow:
        assert uow.packs.get(guid(1)) == made
