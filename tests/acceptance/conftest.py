"""Houses to live in: `house` on SQLite and on PostgreSQL in turn, `small_house` on SQLite only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from gateway.adapters.storage import migrate
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.tables import METADATA
from tests.audit_samples import unguarded
from tests.house import House
from tests.services import postgresql_database


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A migrated PostgreSQL database that lasts for the run."""
    with postgresql_database() as url:
        engine = build_engine(url)
        migrate.upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Empty for SQLite, which then lies in the installation's folder."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgresql")
    # Emptying is ten times quicker than a new PostgreSQL database for each test.
    engine = build_engine(url)
    with engine.begin() as connection, unguarded(connection):
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
    engine.dispose()
    return url


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    house = House(tmp_path, database_url)
    yield house
    house.close()


@pytest.fixture
def small_house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()
