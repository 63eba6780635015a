"""Prepared statements on the driver's own cursor: what SQLite and PostgreSQL are asked by.

SQLAlchemy lends the connection and the statements; its execution, which costs several times what a short
query does, is left out. Which unit of work begins and ends, and what errors mean, is decided elsewhere.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert, PoolProxiedConnection

from gateway.adapters.storage.engine import cursor
from gateway.adapters.storage.prepared import InsertOnce, Prepared, PreparedStatements, Statement
from gateway.adapters.storage.session import NOTHING, Values
from gateway.domain.errors import ErrorKind, GatewayError


class DriverSession:
    """Over a connection that has begun its transaction. Foreign errors pass through."""

    def __init__(self, backend: str, connection: PoolProxiedConnection, prepared: PreparedStatements) -> None:
        self.backend = backend
        self._connection: PoolProxiedConnection | None = connection
        self._prepared = prepared
        self._cursor = cursor(connection)

    def rows(self, statement: Statement, values: Values = NOTHING) -> list[Any]:
        plan = self._run(statement, values)
        return [plan.row(fetched) for fetched in self._cursor.fetchall()]

    def first(self, statement: Statement, values: Values) -> Any | None:
        found = self.rows(statement, values)
        return found[0] if found else None

    def changed(self, statement: Statement, values: Values) -> int:
        self._run(statement, values)
        return int(self._cursor.rowcount)

    def add(self, statement: Insert, rows: Sequence[Values]) -> None:
        if len(rows) == 1:
            self._run(statement, rows[0])
        elif rows:
            self._open()
            plan = self._prepared.of(statement)
            self._cursor.executemany(plan.sql, [_bound(plan, row) for row in rows])

    def add_once(self, statement: InsertOnce, row: Values) -> bool:
        self._run(statement, row)
        return bool(self._cursor.rowcount == 1)

    def commit(self) -> None:
        connection = self._open()
        connection.commit()
        self.close()

    def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _run(self, statement: Statement | InsertOnce, values: Values) -> Prepared:
        self._open()
        plan = self._prepared.of(statement)
        self._cursor.execute(plan.sql, _bound(plan, values))
        return plan

    def _open(self) -> PoolProxiedConnection:
        if self._connection is None:
            raise GatewayError(ErrorKind.INTERNAL, "the unit of work is over")
        return self._connection


def _bound(plan: Prepared, values: Values) -> Any:
    try:
        return plan.bound(values)
    except (LookupError, TypeError, ValueError) as error:
        raise GatewayError(ErrorKind.INTERNAL, "a value cannot be stored") from error
