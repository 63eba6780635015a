"""Seals what rows of before revision 0004 still tell in clear, an owner at a time.

The columns in clear never change while `personal` is NULL: whoever changes them seals them. So NULL is all
that the compare-and-set looks at, and zero rows mean that somebody else was first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Update, and_, bindparam, delete, select, update

from gateway.adapters.storage import (
    document_store,
    effect_store,
    event_store,
    recipient_store,
    rejection_store,
    transaction_store,
)
from gateway.adapters.storage.personal import Personal, PersonalPart
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import unprotected

OWNER = unprotected.c.owner
WAITING = select(OWNER).where(bindparam("last_one") < OWNER).order_by(OWNER).limit(bindparam("most"))
DONE = delete(unprotected).where(bindparam("whose") == OWNER)
Sealing = Callable[[Personal, Any, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One table's rows in clear: how they are found, sealed and replaced."""

    part: PersonalPart
    sealed: Sealing
    find: Select[Any]
    replace: Update

    def run(self, session: Session, personal: Personal, owner: str) -> int:
        rows = session.rows(self.find, {"whose": owner})
        return sum(self._seal(session, personal, row) for row in rows)

    def _seal(self, session: Session, personal: Personal, row: Any) -> int:
        columns = self.sealed(personal, row, self.part.clear(row))
        found = {f"at_{column.name}": getattr(row, column.name) for column in self.part.table.primary_key}
        return session.changed(self.replace, found | {f"to_{name}": value for name, value in columns.items()})


def _stage(part: PersonalPart, sealed: Sealing | None = None, more: Sequence[str] = ()) -> Stage:
    table = part.table
    here = [column == bindparam(f"at_{column.name}") for column in table.primary_key]
    names = (*part.emptied, "personal", *more)
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
    in_clear = table.c.personal.is_(None)
    find = select(table).where(and_(table.c[part.owner] == bindparam("whose"), in_clear))
    return Stage(part, sealed or part.sealed, find, update(table).where(and_(*here, in_clear)).values(values))


STAGES = (
    _stage(transaction_store.PART),
    _stage(recipient_store.PART, recipient_store.sealed, ("personal_digest", *recipient_store.MARKS)),
    _stage(document_store.PART),
    _stage(event_store.PART),
    _stage(effect_store.PART),
    _stage(rejection_store.PART),
)


class ProtectionStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def waiting(self, after: str, limit: int) -> list[str]:
        """Owners with rows in clear, in order, from the first one after `after`."""
        asked = {"last_one": after, "most": limit}
        return [row.owner for row in self._session.rows(WAITING, asked)]

    def seal(self, owner: str) -> int:
        """How many rows were sealed. Raises GatewayError when the data key does not open."""
        sealed = sum(stage.run(self._session, self._personal, owner) for stage in STAGES)
        self._session.changed(DONE, {"whose": owner})
        return sealed
