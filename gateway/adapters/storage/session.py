"""How stores run their statements inside one transaction, whatever database is beneath.

`CoreSession` leaves everything to SQLAlchemy; what SQLite and PostgreSQL are spared stands in
driver_session.py. No statement of a store stands here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Insert, insert
from sqlalchemy.exc import IntegrityError

from gateway.adapters.storage.prepared import InsertOnce, Statement

Values = Mapping[str, Any]
NOTHING: Values = {}


class Session(Protocol):
    """One transaction. Statements are made once, at module level, for each is prepared only once."""

    @property
    def backend(self) -> str:
        """The name of the database's dialect."""

    def rows(self, statement: Statement, values: Values = NOTHING) -> list[Any]: ...
    def first(self, statement: Statement, values: Values) -> Any | None: ...
    def changed(self, statement: Statement, values: Values) -> int:
        """How many rows were changed or deleted."""

    def add(self, statement: Insert, rows: Sequence[Values]) -> None: ...
    def add_once(self, statement: InsertOnce, row: Values) -> bool:
        """Whether the row went in; False when its key exists already, and the transaction stays usable.

        A rival that holds the same key uncommitted is waited for.
        """

    def commit(self) -> None:
        """End the transaction and the session."""


class CoreSession:
    """By SQLAlchemy's own execution, for any database that it knows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.backend = connection.dialect.name

    def rows(self, statement: Statement, values: Values = NOTHING) -> list[Any]:
        return list(self._connection.execute(statement, values))

    def first(self, statement: Statement, values: Values) -> Any | None:
        return self._connection.execute(statement, values).first()

    def changed(self, statement: Statement, values: Values) -> int:
        return self._connection.execute(statement, values).rowcount

    def add(self, statement: Insert, rows: Sequence[Values]) -> None:
        if rows:
            self._connection.execute(statement, rows)

    def add_once(self, statement: InsertOnce, row: Values) -> bool:
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(statement.table), row)
        except IntegrityError:
            return False
        return True

    def commit(self) -> None:
        self._connection.commit()
        self._connection.close()
