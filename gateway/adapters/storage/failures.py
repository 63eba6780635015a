"""Translates what SQLAlchemy and the drivers raise into the gateway's own errors."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError

from gateway.domain.errors import ErrorKind, GatewayError

# SQLite reports programming errors ("no such table") as OperationalError too.
PASSING = {
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_PROTOCOL",
}


def translated(error: SQLAlchemyError) -> GatewayError:
    """TEMPORARILY_UNAVAILABLE for locks, deadlocks, lost connections and full disks, else INTERNAL."""
    return GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE if _passes(error) else ErrorKind.INTERNAL)


def _passes(error: SQLAlchemyError) -> bool:
    if isinstance(error, TimeoutError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    if isinstance(error.orig, sqlite3.Error):
        name = getattr(error.orig, "sqlite_errorname", "")
        return any(name.startswith(prefix) for prefix in PASSING)
    return True
