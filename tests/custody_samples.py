"""Closed transactions for tests of custody, and the years that pass afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from gateway.adapters.storage.tables import METADATA, audit_entries, deposit_queue, transactions
from gateway.domain.record import TransactionRecord
from gateway.domain.retention import Duration
from gateway.usecases.commands import Reference
from tests.house import BANK, House
from tests.orders import order

YEAR = Duration(months=12)
AFTER = timedelta(minutes=5)


def closed(house: House, external_id: str = "LOAN-1") -> str:
    """A contract that Ana signed, closed and certified; its GUID."""
    guid = house.submit(order(external_id=external_id)).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    assert house.certificates(guid)
    return guid


def record(house: House, guid: str) -> TransactionRecord:
    return house.system.support.state(Reference(guid)).record


def end_of(house: House, guid: str) -> datetime:
    until = record(house, guid).custody_until
    assert until is not None
    return until


def bring_end(house: House, guid: str, ahead: timedelta) -> datetime:
    """As if the years had passed, which the development certificates do not last: the end comes near."""
    end = house.clock.now() + ahead
    with house.tech.database.engine.begin() as connection:
        connection.execute(update(transactions).where(transactions.c.guid == guid).values(custody_until=end))
    return end


def pass_custody(house: House, guid: str) -> None:
    """The end comes, and a little more time passes."""
    bring_end(house, guid, timedelta())
    house.clock.advance(AFTER)


def extend(house: House, guid: str, by: Duration = YEAR, token: str = "") -> datetime:
    return house.system.extend_custody(BANK, Reference(guid), by, token).new_end


def deposited(house: House) -> None:
    """As if a deposit had taken everything that was queued."""
    with house.tech.database.engine.begin() as connection:
        connection.execute(delete(deposit_queue))


def ready_to_purge(house: House, external_id: str = "LOAN-1") -> str:
    """A closed transaction whose custody is over and whose files are all deposited."""
    guid = closed(house, external_id)
    deposited(house)
    pass_custody(house, guid)
    return guid


def audited(house: House, action: str) -> list[str]:
    """The subjects of what the audit log says of this action."""
    chosen = select(audit_entries.c.subject).where(audit_entries.c.action == action)
    with house.tech.database.engine.connect() as connection:
        return list(connection.execute(chosen).scalars())


def rows(house: House) -> Iterator[tuple[str, bytes]]:
    """Every row of the database with the name of its table, as octets in which words are found."""
    with house.tech.database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                values = (each if isinstance(each, bytes) else str(each).encode() for each in row)
                yield table.name, b"\t".join(values)


def checkpoint(house: House) -> None:
    """Everything from the log into the file."""
    connection = house.tech.database.engine.raw_connection()
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
