"""The queue of what was sealed or fixed and has no leaf in a deposit yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update

from gateway.adapters.storage.engine import SQLITE
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import deposit_queue
from gateway.domain.deposit import Item

T = deposit_queue.c
ADD = insert(deposit_queue)
OLDEST = select(T.queued_at).where(T.deposit.is_(None)).order_by(T.queued_at).limit(1)
TAKE = update(deposit_queue).where(T.deposit.is_(None)).values(deposit=bindparam("taker"))
SOME = select(T.ordinal).where(T.deposit.is_(None)).order_by(T.ordinal).limit(bindparam("most"))
TAKE_SOME = update(deposit_queue).where(T.ordinal.in_(SOME)).values(deposit=bindparam("taker"))
OWNERS = (
    select(T.owner)
    .where(T.deposit == bindparam("taker"))
    .group_by(T.owner)
    .order_by(T.owner)
    .limit(bindparam("most"))
)
OF_OWNER = and_(T.deposit == bindparam("taker"), T.owner == bindparam("whose"))
ITEMS = select(T.name, T.sha256).where(OF_OWNER).order_by(T.ordinal)
PUT_BACK = update(deposit_queue).where(OF_OWNER).values(deposit=None)
DROP = delete(deposit_queue).where(OF_OWNER)


class DepositQueueStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, owner: str, name: str, sha256: bytes, at: datetime) -> None:
        row = {"owner": owner, "name": name, "sha256": sha256, "queued_at": at, "deposit": None}
        self._session.add(ADD, [row])

    def oldest(self) -> datetime | None:
        row = self._session.first(OLDEST, {})
        return None if row is None else row.queued_at

    def take(self, deposit: int) -> int:
        return self._session.changed(TAKE, {"taker": deposit})

    def take_some(self, deposit: int, limit: int) -> int:
        if self._session.backend != SQLITE:
            return 0
        return self._session.changed(TAKE_SOME, {"taker": deposit, "most": limit})

    def owners(self, deposit: int, limit: int) -> Sequence[str]:
        return [row.owner for row in self._session.rows(OWNERS, {"taker": deposit, "most": limit})]

    def items(self, deposit: int, owner: str) -> Sequence[Item]:
        rows = self._session.rows(ITEMS, {"taker": deposit, "whose": owner})
        return [Item(row.name, row.sha256) for row in rows]

    def put_back(self, deposit: int, owner: str) -> int:
        return self._session.changed(PUT_BACK, {"taker": deposit, "whose": owner})

    def drop(self, deposit: int, owner: str) -> int:
        return self._session.changed(DROP, {"taker": deposit, "whose": owner})
