"""One statement of SQLAlchemy Core compiled for one database, with the processors of its types.

SQLAlchemy stays the author of the SQL and decides how values cross, in both directions; it only does not
do so anew at every execution. Nothing is executed here.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Insert, Select, Table, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import Delete
from sqlalchemy.types import TypeEngine

Statement: TypeAlias = Select[Any] | Insert | Update | Delete
Processor: TypeAlias = Callable[[Any], Any] | None
CONFLICT_FREE: dict[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True, slots=True)
class InsertOnce:
    """Insert a row unless its `key` (the columns of one unique constraint) is taken."""

    table: Table
    key: tuple[str, ...]


class Prepared:
    """What a cursor needs to run the statement, and what makes rows of its answer."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        # Every column of an INSERT is given by name, except those that the database numbers.
        given = _given(statement.table) if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=given)
        self.sql = compiled.string
        binds = compiled.binds
        self._fixed = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
        self._positional = compiled.positional
        names = (compiled.positiontup or ()) if compiled.positional else tuple(binds)
        self._inputs = [(name, _input(binds[name].type, dialect)) for name in names]
        columns = statement.exported_columns.values()
        outputs = [_output(column.type, dialect) for column in columns]
        self._outputs = [(place, process) for place, process in enumerate(outputs) if process]
        rows: Any = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]
        self._make = rows._make

    def bound(self, values: Mapping[str, Any]) -> list[Any] | dict[str, Any]:
        """The parameters as the driver wants them. Raises KeyError when one is missing."""
        if self._fixed:
            values = {**self._fixed, **values}
        if self._positional:
            return [
                values[name] if process is None else process(values[name]) for name, process in self._inputs
            ]
        return {
            name: values[name] if process is None else process(values[name]) for name, process in self._inputs
        }

    def row(self, fetched: Sequence[Any]) -> Any:
        """The driver's row with attributes, as SQLAlchemy would give it."""
        if not self._outputs:
            return self._make(fetched)
        values = list(fetched)
        for place, process in self._outputs:
            values[place] = process(values[place])
        return self._make(values)


class PreparedStatements:
    """Each statement of a database, prepared at its first use."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._made: dict[Hashable, Prepared] = {}

    def of(self, statement: Statement | InsertOnce) -> Prepared:
        made = self._made.get(statement)
        if made is None:
            made = self._made[statement] = Prepared(self._plain(statement), self._dialect)
        return made

    def _plain(self, statement: Statement | InsertOnce) -> Statement:
        if isinstance(statement, InsertOnce):
            quiet = CONFLICT_FREE[self._dialect.name](statement.table)
            return quiet.on_conflict_do_nothing(index_elements=list(statement.key)).inline()
        # Inline: nobody asks for the number that the database gave.
        return statement.inline() if isinstance(statement, Insert) else statement


def _given(table: Any) -> list[str]:
    return [column.name for column in table.columns if column.identity is None]


def _input(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _output(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
