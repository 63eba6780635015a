"""Engines: which URLs are taken, and what each database promises about durability."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from gateway.adapters.storage.engine import build_engine
from gateway.domain.errors import ErrorKind, GatewayError
from tests.services import postgresql_database


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "postgresql+nodriver://x/y", "a:b:c"],
)
def test_unusable_urls_are_configuration_errors(url: str) -> None:
    """A URL that cannot work is refused at once, without showing it: it may hold a password."""
    with pytest.raises(GatewayError) as caught:
        build_engine(url)
    assert caught.value.kind is ErrorKind.CONFIGURATION


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.db", "sqlite+pysqlite"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("oracle://u:p@h/d", "oracle+oracledb"),
        ("oracle+oracledb://u:p@h/d", "oracle+oracledb"),
        ("oracle+cx_oracle://u:p@h/d", "oracle+oracledb"),
    ],
)
def test_drivers_are_ours(url: str, driver: str) -> None:
    """Plain names mean the drivers that the gateway is tested with; cx_Oracle is oracledb renamed."""
    assert build_engine(url).url.drivername == driver


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    """WAL, full syncs and foreign keys are on for every connection, and only the owner reads the files."""
    engine = build_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE x (y INTEGER)"))
        pragmas = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"]
        values = [connection.execute(text(f"PRAGMA {pragma}")).scalar() for pragma in pragmas]
        files = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    engine.dispose()
    assert values == ["wal", 2, 1, 30000]
    assert files == {"gateway.db": 0o600, "gateway.db-wal": 0o600, "gateway.db-shm": 0o600}


@pytest.mark.parametrize(
    ("weak", "strong"), [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")]
)
def test_postgresql_commits_are_synced(weak: str, strong: str) -> None:
    """A server that acknowledges before it syncs is told to sync; a stronger choice stays."""
    with postgresql_database() as url:
        name = make_url(url).database
        admin = build_engine(url)
        with admin.begin() as connection:
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = {weak}"))
        admin.dispose()
        engine = build_engine(url)
        with engine.connect() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == strong
            assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
            assert connection.execute(text("SHOW lock_timeout")).scalar() == "30s"
        engine.dispose()
