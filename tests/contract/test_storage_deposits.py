"""The deposit queue and deposits, on both databases."""

from sqlalchemy import select

from gateway.adapters.storage.tables import deposit_queue
from gateway.adapters.storage.unit_of_work import SqlDatabase
from tests.storage_samples import NOW, guid


def test_the_queue_keeps_what_was_fixed_and_when(database: SqlDatabase) -> None:
    """A queued file comes with owner, name, digest and time, and is in no deposit yet."""
    with database.write() as unit:
        unit.deposit_queue.add(guid(1), "certificate.xml", b"\x01" * 32, NOW)
        unit.commit()
    with database.engine.connect() as connection:
        (row,) = connection.execute(select(deposit_queue))
    assert (row.owner, row.name, row.sha256, row.deposit) == (
        guid(1),
        "certificate.xml",
        b"\x01" * 32,
        None,
    )


def test_what_is_rolled_back_was_never_queued(database: SqlDatabase) -> None:
    """The queue shares the fate of the unit of work that fixed the file."""
    with database.write() as unit:
        unit.deposit_queue.add(guid(1), "certificate.xml", b"\x01" * 32, NOW)
    with database.engine.connect() as connection:
        assert connection.execute(select(deposit_queue)).all() == []
