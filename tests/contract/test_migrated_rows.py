"""Rows that an older release left survive the migrations, and say the same to the stores of today."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    select,
    text,
)

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import configuration, current, newest, upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from tests.services import postgresql_database
from tests.storage_samples import column_keys

OLD = "0006"
# What the store of issuers would not read otherwise.
WORDS = {"default_sign_method": "SMS", "sign_method": "SMS"}
NOW = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of the release before batches, with a row in every table."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'old.db'}"
        if request.param == "postgresql":
            url = stack.enter_context(postgresql_database())
        engine = build_engine(url)
        with engine.begin() as connection:
            command.upgrade(configuration(connection), OLD)
        yield engine
        engine.dispose()


def test_rows_of_every_old_table_survive(old: Engine) -> None:
    """Each column of each old row says the same after the migrations; the database is at the newest one."""
    before = filled(old)
    assert len(before) > 20
    upgrade(old)
    assert current(old) == newest()
    after = read(old, set(before))
    for name, (row,) in before.items():
        assert len(after[name]) == 1, name
        assert {key: after[name][0].get(key, "gone") for key in row} == row, name


def test_an_issuer_of_before_is_as_it_was(old: Engine) -> None:
    """No sandbox, integrated, without a limit; its certificate is not retired, its tasks are interactive."""
    filled(old)
    upgrade(old)
    database = SqlDatabase(old, cipher=column_keys())
    with database.read() as uow:
        issuer = uow.issuers.get(1)
    assert issuer is not None
    assert (issuer.sandbox, issuer.integrated, issuer.daily_limit, issuer.priority) == (False, True, 0, 5)
    rows = read(old, {"issuer_certificates", "tasks", "transactions", "recipients", "audit_entries"})
    assert rows["issuer_certificates"][0]["retired_at"] is None
    assert rows["tasks"][0]["lane"] == rows["transactions"][0]["lane"] == 0
    assert rows["transactions"][0]["sandbox"] in (False, 0)
    (recipient,) = rows["recipients"]
    assert (recipient["series"], recipient["link_version"], recipient["corrected_at"]) == (0, 0, None)
    assert recipient["received_at"] == rows["transactions"][0]["received_at"]
    assert rows["audit_entries"][0]["about"] is None


def filled(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """One row in every table, which refer to one another."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name != "alembic_version" and not connection.execute(select(table)).first():
                connection.execute(table.insert().values(row_of(table, connection)))
    return read(engine, set(metadata.tables) - {"alembic_version"})


def row_of(table: Table, connection: Connection) -> dict[str, Any]:
    row = {column.name: value_of(column) for column in table.columns}
    for key in table.foreign_keys:
        row[key.parent.name] = connection.execute(select(key.column)).scalar()
    return row


def value_of(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, BigInteger | Integer | Numeric):
        return 1
    if isinstance(kind, DateTime):
        return NOW if getattr(kind, "timezone", False) else NOW.replace(tzinfo=None)
    if isinstance(kind, LargeBinary):
        return b"\x01" * 32
    return WORDS.get(column.name, "x")


def read(engine: Engine, names: set[str]) -> dict[str, list[dict[str, Any]]]:
    metadata = MetaData()
    metadata.reflect(engine, only=names)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'UTC'"))
        return {
            name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for name, table in metadata.tables.items()
            if name in names
        }
