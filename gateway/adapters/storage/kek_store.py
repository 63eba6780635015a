"""Condemned key-encryption keys: from the destruction of a data key to their own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import condemned_keks
from gateway.domain.record import CondemnedKek

T = condemned_keks.c
CONDEMN = InsertOnce(condemned_keks, ("kek_id",))
PENDING = select(condemned_keks).where(T.destroyed_at.is_(None)).order_by(T.kek_id)
OPEN = and_(T.kek_id == bindparam("kek"), T.destroyed_at.is_(None))
SEEN = update(condemned_keks).where(and_(OPEN, T.seen_at.is_(None))).values(seen_at=bindparam("moment"))
EMPTIED = update(condemned_keks).where(OPEN).values(emptied_at=bindparam("moment"))
DESTROYED = update(condemned_keks).where(OPEN).values(destroyed_at=bindparam("moment"))


class KekStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def condemn(self, kek_id: str) -> bool:
        row = {"kek_id": kek_id, "seen_at": None, "emptied_at": None, "destroyed_at": None}
        return self._session.add_once(CONDEMN, row)

    def pending(self) -> Sequence[CondemnedKek]:
        return [CondemnedKek(row.kek_id, row.seen_at, row.emptied_at) for row in self._session.rows(PENDING)]

    def seen(self, kek_id: str, at: datetime) -> bool:
        return self._session.changed(SEEN, {"kek": kek_id, "moment": at}) == 1

    def emptied(self, kek_id: str, at: datetime) -> bool:
        return self._session.changed(EMPTIED, {"kek": kek_id, "moment": at}) == 1

    def destroyed(self, kek_id: str, at: datetime) -> bool:
        return self._session.changed(DESTROYED, {"kek": kek_id, "moment": at}) == 1
