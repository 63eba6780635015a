"""Contacts that no message may reach, as keyed hashes in the spelling that recipients are found by."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import contact_blocks
from gateway.domain.contact import ContactKind

B = contact_blocks.c
ADD = insert(contact_blocks)
IN_FORCE = and_(B.mark == bindparam("its_mark"), B.kind == bindparam("its_kind"), B.released_at.is_(None))
FIND = select(B.ordinal).where(and_(IN_FORCE, or_(B.guid.is_(None), B.guid == bindparam("whose")))).limit(1)
SAME = (
    select(B.ordinal)
    .where(and_(IN_FORCE, B.guid.is_not_distinct_from(bindparam("whose", type_=B.guid.type))))
    .limit(1)
)
RELEASE = (
    update(contact_blocks)
    .where(and_(IN_FORCE, B.guid.is_not_distinct_from(bindparam("whose", type_=B.guid.type))))
    .values(released_at=bindparam("at"), released_by=bindparam("who"))
)


class BlockStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, kind: ContactKind, contact: str, guid: str, by: str, at: datetime) -> bool:
        if self._session.first(SAME, self._asked(kind, contact, guid)):
            return False
        row = {
            "mark": self._mark(kind, contact),
            "kind": kind.value,
            "guid": guid or None,
            "blocked_at": at,
            "blocked_by": by,
            "released_at": None,
            "released_by": "",
        }
        self._session.add(ADD, [row])
        return True

    def release(self, kind: ContactKind, contact: str, guid: str, by: str, at: datetime) -> bool:
        return self._session.changed(RELEASE, self._asked(kind, contact, guid) | {"at": at, "who": by}) > 0

    def blocked(self, kind: ContactKind, contact: str, guid: str) -> bool:
        return self._session.first(FIND, self._asked(kind, contact, guid)) is not None

    def _asked(self, kind: ContactKind, contact: str, guid: str) -> dict[str, Any]:
        return {"its_mark": self._mark(kind, contact), "its_kind": kind.value, "whose": guid or None}

    def _mark(self, kind: ContactKind, contact: str) -> str:
        """As `recipient_store` spells them."""
        if kind is ContactKind.PHONE:
            return self._personal.mark("phone", "".join(filter(str.isdigit, contact)))
        return self._personal.mark("email", contact.lower())
