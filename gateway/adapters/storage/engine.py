"""Builds the SQLAlchemy engine of a URL and settles how each database begins a transaction.

It knows SQLite (one host), PostgreSQL and Oracle. No table and no statement of a store stands here.
"""

import os
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.domain.errors import ErrorKind, GatewayError

LOCK_SECONDS = 30
READER, CURSOR, SYNCED = "fehaciente_reader", "fehaciente_cursor", "fehaciente_synced"
# The numbers of psycopg.IsolationLevel, which is not there in an installation without PostgreSQL.
READ_COMMITTED, REPEATABLE_READ = 2, 3
SQLITE, POSTGRESQL, ORACLE = "sqlite", "postgresql", "oracle"
DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "oracle": "oracle+oracledb",
}


def build_engine(url: str, *, pool_size: int = 5, overflow: int = 10, wait: float = LOCK_SECONDS) -> Engine:
    """An engine with `pool_size` lasting connections and `overflow` more; `wait` is in seconds.

    Raises GatewayError(CONFIGURATION) for a URL that cannot be used. Nothing is connected yet.
    """
    target = _target(url)
    try:
        engine = create_engine(
            target,
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=wait,
            # Statements carry personal data, which must not reach a traceback.
            hide_parameters=True,
        )
    except (ArgumentError, ImportError) as error:
        raise GatewayError(ErrorKind.CONFIGURATION, "the database URL cannot be used") from error
    if engine.dialect.name == SQLITE:
        _prepare_sqlite(engine, Path(target.database or ""))
    elif engine.dialect.name == POSTGRESQL:
        event.listen(engine, "connect", _connected_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def reader(engine: Engine) -> Engine:
    """For units of work that see one picture and change nothing.

    SQLite gets a pool of its own for them: PRAGMA query_only makes a connection forget every prepared
    statement, so it is said once to each and never again. Elsewhere the pool is the same.
    """
    if engine.dialect.name != SQLITE:
        return engine
    readers = create_engine(engine.url, pool=engine.pool.recreate(), hide_parameters=True)
    event.listen(readers, "connect", _connected_sqlite_reader)
    return readers


def begin(connection: PoolProxiedConnection, backend: str, *, reads: bool, synced: bool = True) -> None:
    """Begin a unit of work on a connection of SQLite or PostgreSQL, past SQLAlchemy.

    PostgreSQL is always synced: to say otherwise would cost another round trip.
    """
    if backend == POSTGRESQL:
        _settle_postgresql(connection, reads=reads)
        return
    if not reads:
        _sync_sqlite(connection, synced)
    cursor(connection).execute("BEGIN" if reads else "BEGIN IMMEDIATE")


def cursor(connection: PoolProxiedConnection) -> Any:
    """The one cursor of the driver's connection; a new one costs Psycopg half of what a short query does."""
    kept = connection.info.get(CURSOR)
    if kept is None:
        kept = connection.info[CURSOR] = connection.cursor()
    return kept


def _target(url: str) -> URL:
    try:
        target = make_url(url)
        target = target.set(drivername=DRIVERS.get(target.drivername, target.drivername))
        backend = target.get_backend_name()
    except ArgumentError:
        raise GatewayError(ErrorKind.CONFIGURATION, "the database URL cannot be read") from None
    if backend not in {SQLITE, POSTGRESQL, ORACLE}:
        raise GatewayError(ErrorKind.CONFIGURATION, "the database must be SQLite, PostgreSQL or Oracle")
    if backend == SQLITE and target.database in {None, "", ":memory:"}:
        raise GatewayError(ErrorKind.CONFIGURATION, "an SQLite database needs a file")
    if target.drivername == "oracle+cx_oracle" and find_spec("cx_Oracle") is None:
        # oracledb is cx_Oracle under its present name, with the same interface.
        return target.set(drivername="oracle+oracledb")
    return target


def _prepare_sqlite(engine: Engine, file: Path) -> None:
    def create(*_: Any) -> None:
        # The log and shared-memory files inherit the mode of the database file. One that exists is never
        # opened here: closing it would drop every lock that this process holds on it (POSIX), another
        # process would think itself alone, and on leaving delete the log with what was committed.
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            return
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error

    event.listen(engine, "do_connect", create)
    event.listen(engine, "connect", _connected_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _connected_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: a read that upgrades defeats the busy timeout.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={LOCK_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # What is purged must not live on in free pages.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _connected_sqlite_reader(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA query_only=1")


def _begin_sqlite(connection: Connection) -> None:
    _sync_sqlite(connection.connection, synced=True)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _sync_sqlite(connection: PoolProxiedConnection, synced: bool) -> None:
    # A log that is not synced at a commit loses its end when the power goes, never its order.
    if connection.info.get(SYNCED, True) is not synced:
        cursor(connection).execute(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")
        connection.info[SYNCED] = synced


def _begin_postgresql(connection: Connection) -> None:
    _settle_postgresql(connection.connection, reads=False)


def _settle_postgresql(connection: PoolProxiedConnection, *, reads: bool) -> None:
    # Psycopg begins with the first statement, by these attributes. SQLAlchemy's own option for them sets
    # and resets them at every checkout, which costs more than a short query.
    if connection.info.get(READER) is reads:
        return
    driver = connection.driver_connection
    if driver is None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
    driver.isolation_level = REPEATABLE_READ if reads else READ_COMMITTED
    driver.read_only = reads
    connection.info[READER] = reads


def _connected_postgresql(connection: Any, _entry: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit')")
        # Stronger settings (remote_apply) are the operator's choice; weaker ones would break the
        # promise that what was acknowledged is durable.
        if cursor.fetchone()[0] not in {"on", "remote_apply"}:
            cursor.execute("SET synchronous_commit = on")
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute("SET timezone = 'UTC'")
    connection.commit()
