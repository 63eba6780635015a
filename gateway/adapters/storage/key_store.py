"""Wrapped data keys, one an owner. Without its row an owner's blobs and columns are lost for ever.

Which key-encryption keys are left to open old copies of a destroyed row is noted with its destruction.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update

from gateway.adapters.storage.kek_store import KekStore
from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import data_keys
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

T = data_keys.c
ADD = insert(data_keys)
GET = select(T.kek_id, T.wrapped).where(T.owner == bindparam("owner"))
OURS = and_(T.owner == bindparam("whose"), T.kek_id == bindparam("under"))
DESTROY = delete(data_keys).where(OURS)
REWRAP = update(data_keys).where(OURS).values(kek_id=bindparam("newer"), wrapped=bindparam("octets"))
WRAPPED_BY = select(data_keys).where(T.kek_id == bindparam("under")).limit(bindparam("most"))
PAGE = select(data_keys).where(T.owner > bindparam("last_one")).order_by(T.owner).limit(bindparam("most"))


class KeyStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, owner: str, key: DataKey) -> None:
        row = {"owner": owner, "kek_id": key.kek_id, "wrapped": key.wrapped}
        self._session.add(ADD, [row])
        self._personal.learn(owner, key)

    def get(self, owner: str) -> DataKey:
        key = self._personal.wrapped(owner)
        if key is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return key

    def find(self, owner: str) -> DataKey | None:
        """As the table has it now, whatever this unit of work saw before."""
        row = self._session.first(GET, {"owner": owner})
        return None if row is None else DataKey(row.kek_id, row.wrapped)

    def destroy(self, owner: str) -> bool:
        """Who wraps it anew at the same time is waited for: what counts is what wrapped it in the end."""
        while (key := self.find(owner)) is not None:
            if self._session.changed(DESTROY, {"whose": owner, "under": key.kek_id}) == 1:
                KekStore(self._session).condemn(key.kek_id)
                self._personal.forget(owner)
                return True
        return False

    def wrapped_by(self, kek_id: str, limit: int) -> Sequence[tuple[str, DataKey]]:
        return _owned(self._session.rows(WRAPPED_BY, {"under": kek_id, "most": limit}))

    def rewrap(self, owner: str, before: DataKey, after: DataKey) -> bool:
        change = {"whose": owner, "under": before.kek_id, "newer": after.kek_id, "octets": after.wrapped}
        self._personal.forget(owner)
        return self._session.changed(REWRAP, change) == 1

    def page(self, after: str, limit: int) -> Sequence[tuple[str, DataKey]]:
        return _owned(self._session.rows(PAGE, {"last_one": after, "most": limit}))


def _owned(rows: Iterable[Any]) -> Sequence[tuple[str, DataKey]]:
    return [(row.owner, DataKey(row.kek_id, row.wrapped)) for row in rows]
