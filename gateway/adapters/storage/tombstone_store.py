"""Tombstones, and the erasure that makes place for them: every row of a transaction, in every table.

What hangs on a transaction is found by the tables themselves (a foreign key to it, an `owner`, or the
transaction of a task), so that a table added later is not forgotten.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, and_, bindparam, delete, insert, select
from sqlalchemy.sql.dml import Delete

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import (
    METADATA,
    data_keys,
    deposit_leaves,
    deposit_queue,
    deposits,
    record_paths,
    tasks,
    tombstones,
    transactions,
)
from gateway.domain.custody import PurgeReason, Tombstone
from gateway.domain.deposit import Phase
from gateway.domain.record import TaskState

T = tombstones.c
ADD = insert(tombstones)
GET = select(tombstones).where(T.guid == bindparam("guid"))
MARKED = select(tombstones).where(T.external_mark == bindparam("mark")).limit(1)
QUEUED = select(deposit_queue.c.ordinal).where(deposit_queue.c.owner == bindparam("guid")).limit(1)
WORK = (
    select(tasks.c.id)
    .where(and_(tasks.c.guid == bindparam("guid"), tasks.c.state == TaskState.READY.value))
    .limit(1)
)
UNFINISHED = (
    select(deposit_leaves.c.deposit)
    .join(deposits, deposits.c.deposit == deposit_leaves.c.deposit)
    .where(and_(deposit_leaves.c.owner == bindparam("guid"), deposits.c.phase != Phase.SEALED.value))
    .limit(1)
)
# Its own port destroys data keys. Leaves and their paths stay, lest a deposit's tree have holes: a leaf's
# digest is salted, and its document, salt and all, is under the data key.
KEPT = {data_keys, tombstones, deposit_leaves, record_paths}


def _whose(table: Table) -> Column[Any] | None:
    """The column that says which transaction a row belongs to; None for rows of other things."""
    if table is transactions:
        return table.c.guid
    if table is tasks:
        return table.c.guid
    for key in table.foreign_keys:
        if key.column is transactions.c.guid:
            return key.parent
    return table.c.get("owner")


def _erasures() -> Iterator[Delete]:
    """Children before their parents."""
    for table in reversed(METADATA.sorted_tables):
        column = None if table in KEPT else _whose(table)
        if column is not None:
            yield delete(table).where(column == bindparam("whose"))


ERASE = tuple(_erasures())


class TombstoneStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, tombstone: Tombstone) -> None:
        row = {
            "guid": tombstone.guid,
            "issuer": tombstone.issuer,
            "purged_at": tombstone.purged_at,
            "reason": tombstone.reason.value,
            "files": tombstone.files,
            "commitment": tombstone.commitment,
            "external_mark": tombstone.external_mark,
        }
        self._session.add(ADD, [row])

    def get(self, guid: str) -> Tombstone | None:
        return _tombstone(self._session.first(GET, {"guid": guid}))

    def marked(self, external_mark: bytes) -> Tombstone | None:
        return _tombstone(self._session.first(MARKED, {"mark": external_mark}))

    def undeposited(self, guid: str) -> bool:
        asked = {"guid": guid}
        return any(self._session.first(each, asked) is not None for each in (QUEUED, UNFINISHED))

    def has_work(self, guid: str) -> bool:
        return self._session.first(WORK, {"guid": guid}) is not None

    def erase(self, guid: str) -> None:
        for statement in ERASE:
            self._session.changed(statement, {"whose": guid})


def _tombstone(row: Any) -> Tombstone | None:
    if row is None:
        return None
    return Tombstone(
        row.guid,
        row.issuer,
        row.purged_at,
        PurgeReason(row.reason),
        row.files,
        row.commitment,
        row.external_mark,
    )
