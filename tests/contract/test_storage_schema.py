"""The relational schema: migrations, tables, picture and Oracle's DDL say the same."""

import re
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect
from sqlalchemy.dialects import oracle
from sqlalchemy.schema import CreateIndex, CreateTable

from gateway import resources
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import current, newest, upgrade
from gateway.adapters.storage.tables import METADATA
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.errors import ErrorKind, GatewayError
from scripts.schema_picture import er_picture
from tests.services import postgresql_database
from tests.storage_samples import furnished, guid, transaction

ORACLE_NAME = 30


def test_migrated_schema_is_the_metadata(database: SqlDatabase) -> None:
    """Migrating gives exactly the tables, columns, types, keys and indexes that the stores use."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_migrated_checks_are_the_metadata(database: SqlDatabase) -> None:
    """Alembic compares no check constraints, so their names are compared here."""
    inspector = inspect(database.engine)
    for table in METADATA.sorted_tables:
        expected = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {check["name"] for check in inspector.get_check_constraints(table.name)} == expected


def test_upgrade_twice_keeps_rows(database: SqlDatabase) -> None:
    """Upgrading an up-to-date database changes nothing."""
    furnished(database)
    upgrade(database.engine)
    assert current(database.engine) == newest()
    with database.read() as unit:
        assert unit.transactions.get(guid(1)) == transaction()


def _upgrade_at_once(url: str) -> Engine:
    """Four processes that start together, as threads with engines of their own."""
    errors: list[Exception] = []

    def run() -> None:
        engine = build_engine(url)
        try:
            upgrade(engine)
        except Exception as error:
            errors.append(error)
        engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    return build_engine(url)


def test_racing_upgrades_take_turns(migrated: str, tmp_path: Path) -> None:
    """Processes that upgrade an empty database at the same time all succeed, and one did it."""
    if migrated.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'new.db'}"
        build_engine(url).connect().close()
        engine = _upgrade_at_once(url)
        assert current(engine) == newest()
        engine.dispose()
        return
    with postgresql_database() as url:
        engine = _upgrade_at_once(url)
        assert current(engine) == newest()
        engine.dispose()


def test_new_database_is_at_no_revision(tmp_path: Path) -> None:
    """A database that was never migrated says so."""
    engine = build_engine(f"sqlite:///{tmp_path / 'new.db'}")
    assert current(engine) is None
    engine.dispose()


def test_unreachable_database_cannot_be_migrated() -> None:
    """Foreign exceptions do not leave the migrations either."""
    engine = build_engine("postgresql://x@127.0.0.1:1/x")
    for action in (upgrade, current):
        with pytest.raises(GatewayError) as caught:
            action(engine)
        assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE


def test_ddl_compiles_for_oracle() -> None:
    """Every table and index has Oracle DDL, with native types and names that every release takes."""
    for table in METADATA.sorted_tables:
        ddl = str(CreateTable(table).compile(dialect=oracle.dialect()))
        assert "VARCHAR(" not in ddl
        assert "DATE," not in ddl, "DATE loses fractions of a second"
        indexes = [str(CreateIndex(index).compile(dialect=oracle.dialect())) for index in table.indexes]
        names = [table.name, *table.c.keys(), *(str(c.name) for c in table.constraints)]
        names += [str(index.name) for index in table.indexes]
        assert all(name in ddl + "".join(indexes) for name in names)
        assert [name for name in names if len(name) > ORACLE_NAME] == []
        assert '"' not in ddl, "a reserved word would need quotes for ever"


def test_digests_are_comparable_in_oracle() -> None:
    """No key, index or unique constraint stands on a BLOB or CLOB, which Oracle refuses."""
    for table in METADATA.sorted_tables:
        keyed = [column for index in table.indexes for column in index.columns]
        keyed += [column for constraint in table.constraints for column in getattr(constraint, "columns", [])]
        for column in keyed:
            assert column.type.compile(oracle.dialect()) not in {"BLOB", "CLOB"}, column


def test_picture_shows_the_schema() -> None:
    """The ER picture in schemas/README.md names every table, column and foreign key, and nothing else."""
    readme = (resources.folder("schemas") / "README.md").read_text("utf-8")
    picture = re.search(r"```mermaid\n(.*?)```", readme, re.DOTALL)
    assert picture
    assert picture[1] == er_picture()
