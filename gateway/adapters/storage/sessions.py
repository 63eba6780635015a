"""Opens sessions: checks a connection out, begins, and in the end gives it back, whatever happened.

Here foreign errors become the gateway's own, and connections that a server dropped are forgotten.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gateway.adapters.storage.driver_session import DriverSession
from gateway.adapters.storage.engine import begin
from gateway.adapters.storage.failures import translated
from gateway.adapters.storage.prepared import CONFLICT_FREE, PreparedStatements
from gateway.adapters.storage.session import CoreSession, Session


class Sessions:
    """Of one database. What is not committed when a session is left is rolled back."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._foreign = dialect.loaded_dbapi.Error
        self._prepared = PreparedStatements(dialect)

    def open(self, engine: Engine, *, reads: bool, synced: bool = True) -> AbstractContextManager[Session]:
        """Raises GatewayError TEMPORARILY_UNAVAILABLE or INTERNAL for whatever the database refuses."""
        if self._dialect.name in CONFLICT_FREE:
            return self._by_driver(engine, reads, synced)
        return by_core(engine)

    @contextmanager
    def _by_driver(self, engine: Engine, reads: bool, synced: bool) -> Iterator[Session]:
        connection: PoolProxiedConnection | None = None
        try:
            connection = engine.raw_connection()
            begin(connection, self._dialect.name, reads=reads, synced=synced)
            yield DriverSession(self._dialect.name, connection, self._prepared)
        except self._foreign as error:
            lost = self._forget(engine, connection, error)
            raise translated(self._wrapped(error, lost)) from error
        except SQLAlchemyError as error:
            raise translated(error) from error
        finally:
            if connection is not None:
                # Nothing happens where the session was committed, and so given back, already.
                connection.close()

    def _forget(self, engine: Engine, connection: PoolProxiedConnection | None, error: Any) -> bool:
        """Whether the server is gone: then neither this connection nor the idle ones are used again."""
        if connection is None or not connection.is_valid:
            return False
        if not self._dialect.is_disconnect(error, connection, None):
            return False
        connection.invalidate(error)
        engine.dispose()
        return True

    def _wrapped(self, error: Any, lost: bool) -> Any:
        return DBAPIError.instance(
            None, None, error, self._foreign, hide_parameters=True, connection_invalidated=lost
        )


@contextmanager
def by_core(engine: Engine) -> Iterator[Session]:
    """SQLAlchemy's own way, for the databases that are not asked past it."""
    try:
        with engine.connect() as connection:
            connection.begin()
            yield CoreSession(connection)
    except SQLAlchemyError as error:
        raise translated(error) from error
