"""The compare-and-set of a whole row: replace it only while it still equals what the caller saw."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, Update, and_, bindparam, update

from gateway.adapters.storage.columns import same_text

SEEN, TO = "seen_", "to_"


def replacement(table: Table, *, compared: Iterable[str], changed: Iterable[str]) -> Update:
    """Takes the values of `seen` and `to`; NULL equals NULL."""
    return (
        update(table)
        .where(and_(*(_same(table, name) for name in compared)))
        .values({name: bindparam(TO + name, type_=table.c[name].type) for name in changed})
    )


def seen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {SEEN + name: value for name, value in row.items()}


def to(row: Mapping[str, Any]) -> dict[str, Any]:
    return {TO + name: value for name, value in row.items()}


def _same(table: Table, name: str) -> ColumnElement[bool]:
    column = table.c[name]
    value = bindparam(SEEN + name, type_=column.type)
    if isinstance(column.type, Text):
        return same_text(column, value)
    return column.is_not_distinct_from(value) if column.nullable else column == value
