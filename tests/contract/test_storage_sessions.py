"""Sessions: prepared statements do what SQLAlchemy's own execution does, and lost servers are told."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Insert, Table, func, literal_column, select, text

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.sessions import by_core
from gateway.adapters.storage.tables import METADATA, data_keys
from gateway.adapters.storage.unit_of_work import SqlDatabase, SqlUnitOfWork
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import (
    CertificateRecord,
    DigestStamp,
    DocumentRecord,
    EventRecord,
    Rejection,
)
from gateway.domain.states import State
from tests.storage_samples import (
    ISSUER,
    NOW,
    add_key,
    challenge,
    column_keys,
    effect,
    evidence,
    furnished,
    guid,
    recipient,
    task,
    transaction,
)


def _one_row_in_every_table(unit: SqlUnitOfWork) -> None:
    assert unit.guid_blocks.reserve(1, 1, 10) == 1
    unit.issuers.add(ISSUER)
    unit.issuers.add_certificate(1, bytes(32), b"der", NOW)
    add_key(unit)
    assert unit.keks.condemn("kek")
    assert unit.transactions.add(transaction())
    unit.recipients.add([recipient(), recipient(position=1)])
    unit.documents.add([DocumentRecord(guid(1), 0, "d1", "", "application/pdf", 9, bytes(32), 3, True)])
    unit.events.add(EventRecord(guid(1), 0, "e", "RECEIVED", State.RECEIVED, None, NOW, NOW, (("a", "ñ"),)))
    unit.evidences.add(evidence())
    unit.tasks.add(task())
    assert unit.effects.intend(effect())
    unit.challenges.add(challenge())
    assert unit.certificates.add(CertificateRecord(guid(1), b"x", bytes(32), b"p", bytes(32), NOW))
    unit.stamps.add(DigestStamp(guid(1), b"m", b"t", NOW, ""))
    unit.keys.add("r", column_keys().keyring.new_key())
    unit.rejections.add(Rejection("r", 1, "E", "", NOW, bytes(32), "ab" * 32))
    assert unit.replays.claim(bytes(32), NOW, NOW)
    for table in METADATA.sorted_tables:
        # Tables with stores and tests of their own: any row will do.
        if not unit._session.rows(select(table)):
            unit._session.add(table.insert(), [_any_row(table)])


def _any_row(table: Table) -> dict[str, Any]:
    owners = {"guid": guid(1), "owner": guid(1)}
    kinds = {int: 1, str: "x", bytes: bytes(32), datetime: NOW, bool: True}
    columns = [column for column in table.columns if column.identity is None]
    told = {column.name: getattr(column.type, "impl_instance", column.type).python_type for column in columns}
    return {name: owners.get(name, kinds[kind]) for name, kind in told.items()}


def _everything(unit: SqlUnitOfWork) -> dict[str, Any]:
    tables = METADATA.sorted_tables
    return {table.name: [tuple(row) for row in unit._session.rows(select(table))] for table in tables}


@pytest.mark.parametrize("written_by_core", [True, False])
def test_values_cross_as_sqlalchemy_lets_them_cross(database: SqlDatabase, written_by_core: bool) -> None:
    """One row of every table, written past SQLAlchemy or by it, is read alike by both."""
    if written_by_core:
        with by_core(database.engine) as session:
            _one_row_in_every_table(SqlUnitOfWork(session, cipher=column_keys()))
            session.commit()
    else:
        with database.write() as unit:
            _one_row_in_every_table(unit)
            unit.commit()
    with database.read() as unit:
        driver = _everything(unit)
    with by_core(database.engine) as session:
        core = _everything(SqlUnitOfWork(session, cipher=column_keys()))
    assert driver == core
    assert all(driver.values())
    [row] = driver["tasks"]
    assert [value.tzinfo is not None for value in row if isinstance(value, datetime)] == [True]


def test_core_session_serves_all_stores(database: SqlDatabase) -> None:
    """What other databases are asked by does the same: conflicts, compare-and-set, claims, roll-back."""
    furnished(database)
    with by_core(database.engine) as session:
        unit = SqlUnitOfWork(session, cipher=column_keys())
        add_key(unit, 2)
        assert not unit.transactions.add(replace(transaction(2), external_id=transaction().external_id))
        assert unit.transactions.move(guid(1), State.RECEIVED, State.VALIDATED, NOW)
        assert not unit.transactions.move(guid(1), State.RECEIVED, State.VALIDATED, NOW)
        assert unit.recipients.replace(recipient(), replace(recipient(), failures=1))
        assert not unit.recipients.replace(recipient(), replace(recipient(), failures=2))
        unit.tasks.add(task())
        [claimed] = unit.tasks.claim(NOW, NOW, 5)
        assert unit.tasks.complete(claimed)
        unit.recipients.add([])
        assert unit.events.next_sequence(guid(1)) == 0
    with database.read() as unit:
        assert unit.transactions.get(guid(1)) == transaction()
    with pytest.raises(GatewayError) as caught, by_core(database.engine) as session:
        session.rows(text("SELECT nothing"))  # type: ignore[arg-type]
    assert caught.value.kind is ErrorKind.INTERNAL


def test_statements_are_prepared_once(database: SqlDatabase) -> None:
    """Working on makes no statement anew: a store that built them at each call would fill the memory."""
    furnished(database)
    prepared = database._sessions._prepared._made
    counts = []
    for number in range(2, 5):
        furnished_again = transaction(number)
        with database.write() as unit:
            add_key(unit, number)
            unit.transactions.add(furnished_again)
            unit.recipients.add([recipient(number)])
            unit.recipients.replace(recipient(number), replace(recipient(number), failures=number))
            unit.transactions.move(guid(number), State.RECEIVED, State.VALIDATED, NOW)
            unit.commit()
        counts.append(len(prepared))
    assert len(set(counts)) == 1
    assert any(isinstance(key, InsertOnce) for key in prepared)
    assert any(isinstance(key, Insert) for key in prepared)


def test_what_cannot_be_stored_is_refused(database: SqlDatabase) -> None:
    """A naive time and a missing column are bugs of ours, told as INTERNAL without the values."""
    with pytest.raises(GatewayError) as caught, database.write() as unit:
        unit._session.add(data_keys.insert(), [{"owner": "secret"}])
    assert caught.value.kind is ErrorKind.INTERNAL
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"
    with pytest.raises(GatewayError) as caught, database.write() as unit:
        unit.tasks.add(task(due_at=NOW.replace(tzinfo=None)))
    assert caught.value.kind is ErrorKind.INTERNAL


def test_lost_server_is_temporary_and_forgotten(
    migrated: str, database: SqlDatabase, database_url: str
) -> None:
    """When PostgreSQL drops every connection, the unit is told to retry and the next one works."""
    if migrated.startswith("sqlite"):
        pytest.skip("SQLite has no server")
    furnished(database)
    with database.read(), database.read():
        # Two connections are idle from here on.
        pass
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    admin = build_engine(database_url)
    with admin.connect() as connection:
        connection.execute(text(f"{others} AND datname = current_database()"))
    admin.dispose()
    with pytest.raises(GatewayError) as caught, database.write() as unit:
        unit.tasks.add(task())
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    # The other idle connection is lost as well, and nobody has to find that out.
    with database.write() as unit:
        unit.tasks.add(task())
        unit.commit()


def test_only_what_may_be_lost_is_not_synced(migrated: str, database: SqlDatabase) -> None:
    """On SQLite a unit that need not be synced is not, on the very connection whose next one is again."""
    if not migrated.startswith("sqlite"):
        pytest.skip("PostgreSQL syncs every commit")
    level = select(literal_column("synchronous").label("level")).select_from(func.pragma_synchronous())
    levels = []
    for synced in (True, False, True):
        with database.write(synced=synced) as unit:
            levels += [row.level for row in unit._session.rows(level)]
            unit.commit()
    with database.write(synced=False) as unit:
        unit.tasks.add(task())
        unit.commit()
    with database.engine.begin() as connection:
        levels.append(connection.execute(level).scalar_one())
    assert levels == [2, 1, 2, 2]
    with database.read() as unit:
        assert unit.tasks.waiting(NOW)
        assert not unit.tasks.waiting(NOW - NOW.resolution)
