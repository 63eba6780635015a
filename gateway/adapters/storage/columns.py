"""Column types that mean the same on SQLite, PostgreSQL and Oracle, and the names of constraints.

Every identifier stays within 30 characters, every string within what VARCHAR2 holds. No table stands here.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, LargeBinary, MetaData, String
from sqlalchemy.dialects.oracle import RAW, TIMESTAMP
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
METADATA = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant with microseconds. A naive datetime is refused with ValueError.

    PostgreSQL keeps the zone; SQLite and Oracle keep naive UTC, because their drivers drop zones.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "oracle":
            return dialect.type_descriptor(TIMESTAMP())
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        instant = value.astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text that may be empty: Oracle makes NULL of it, so the column is nullable and NULL reads as ''."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str:
        return value or ""


class same_text(FunctionElement[bool]):  # noqa: N801 - it reads as the SQL function that it is.
    """Equality of two long texts; Oracle compares no CLOB with `=`."""

    type = Boolean()
    inherit_cache = True
    name = "same_text"


@compiles(same_text)
def _same_text(element: same_text, compiler: SQLCompiler, **kw: Any) -> str:
    left, right = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{left} = {right}"


@compiles(same_text, "oracle")
def _same_text_oracle(element: same_text, compiler: SQLCompiler, **kw: Any) -> str:
    left, right = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"DBMS_LOB.COMPARE({left}, {right}) = 0"


GUID = String(40)
OWNER = String(100)
NAME = String(60)
DIGEST = LargeBinary(32).with_variant(RAW(32), "oracle")
HEX_DIGEST = String(64)
BLOB = LargeBinary()
# SQLite numbers rows by itself only where the key's type is exactly INTEGER.
ORDINAL = BigInteger().with_variant(Integer(), "sqlite")
