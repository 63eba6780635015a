"""Wrapped data keys, one an owner. Without its row an owner's blobs and columns are lost for ever."""

from sqlalchemy import bindparam, delete, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import data_keys
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

ADD = insert(data_keys)
GET = select(data_keys.c.kek_id, data_keys.c.wrapped).where(data_keys.c.owner == bindparam("owner"))
DESTROY = delete(data_keys).where(data_keys.c.owner == bindparam("owner"))


class KeyStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, owner: str, key: DataKey) -> None:
        row = {"owner": owner, "kek_id": key.kek_id, "wrapped": key.wrapped}
        self._session.add(ADD, [row])

    def get(self, owner: str) -> DataKey:
        row = self._session.first(GET, {"owner": owner})
        if row is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return DataKey(row.kek_id, row.wrapped)

    def destroy(self, owner: str) -> bool:
        """Whether there was one. What a backup still holds of it dies with its key-encryption key."""
        return self._session.changed(DESTROY, {"owner": owner}) == 1
