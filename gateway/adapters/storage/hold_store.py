"""Legal holds: who placed and released each, and when; a released one stays as a row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import custody_holds
from gateway.domain.custody import Hold

H = custody_holds.c
ADD = insert(custody_holds)
OF = select(custody_holds).where(H.guid == bindparam("guid")).order_by(H.ordinal)
ACTIVE = select(custody_holds).where(H.released_at.is_(None)).order_by(H.ordinal)
RELEASE = (
    update(custody_holds)
    .where(and_(H.guid == bindparam("whose"), H.reason == bindparam("why"), H.released_at.is_(None)))
    .values(released_at=bindparam("at"), released_by=bindparam("who"))
)


class HoldStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def place(self, hold: Hold) -> None:
        row = {
            "guid": hold.guid,
            "reason": hold.reason,
            "placed_at": hold.placed_at,
            "placed_by": hold.placed_by,
            "released_at": hold.released_at,
            "released_by": hold.released_by,
        }
        self._session.add(ADD, [row])

    def release(self, guid: str, reason: str, at: datetime, by: str) -> int:
        return self._session.changed(RELEASE, {"whose": guid, "why": reason, "at": at, "who": by})

    def of(self, guid: str) -> Sequence[Hold]:
        return [_hold(row) for row in self._session.rows(OF, {"guid": guid})]

    def active(self) -> Sequence[Hold]:
        return [_hold(row) for row in self._session.rows(ACTIVE)]


def _hold(row: Any) -> Hold:
    return Hold(row.guid, row.reason, row.placed_at, row.placed_by, row.released_at, row.released_by)
