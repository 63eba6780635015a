"""A migrated database for each test of the storage contract, on SQLite and on a real PostgreSQL."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.tables import METADATA
from gateway.adapters.storage.unit_of_work import SqlDatabase
from tests.audit_samples import unguarded
from tests.services import postgresql_database
from tests.storage_samples import opened

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session", params=BACKENDS)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a migrated database that lasts for the run."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(postgresql_database())
        else:
            url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'empty.db'}"
        engine = build_engine(url)
        upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture
def database_url(migrated: str, tmp_path: Path) -> str:
    if migrated.startswith("sqlite"):
        shutil.copyfile(make_url(migrated).database or "", tmp_path / "gateway.db")
        return f"sqlite:///{tmp_path / 'gateway.db'}"
    # Emptying is ten times quicker than a new PostgreSQL database for each test.
    engine = build_engine(migrated)
    with engine.begin() as connection, unguarded(connection):
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
    engine.dispose()
    return migrated


@pytest.fixture
def database(database_url: str) -> Iterator[SqlDatabase]:
    database = opened(database_url, pool_size=10)
    yield database
    database.close()
