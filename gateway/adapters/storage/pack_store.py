"""Packs, one a transaction: noted with their list of files, then published once."""

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import packs
from gateway.domain.pack import PackRecord

T = packs.c
INTEND = InsertOnce(packs, ("guid",))
GET = select(packs).where(T.guid == bindparam("whose"))
PUBLISH = (
    update(packs)
    .where(and_(T.guid == bindparam("whose"), T.index_sha256 == bindparam("index"), T.sha256.is_(None)))
    .values(sha256=bindparam("made"), byte_size=bindparam("octets"), made_at=bindparam("at"))
)


class PackStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def intend(self, guid: str, index_sha256: bytes) -> bytes:
        row = {
            "guid": guid,
            "index_sha256": index_sha256,
            "sha256": None,
            "byte_size": None,
            "made_at": None,
        }
        self._session.add_once(INTEND, row)
        [found] = self._session.rows(GET, {"whose": guid})
        stands: bytes = found.index_sha256
        return stands

    def publish(self, record: PackRecord) -> bool:
        made = {
            "whose": record.guid,
            "index": record.index_sha256,
            "made": record.sha256,
            "octets": record.size,
            "at": record.made_at,
        }
        return self._session.changed(PUBLISH, made) == 1

    def get(self, guid: str) -> PackRecord | None:
        row = self._session.first(GET, {"whose": guid})
        if row is None:
            return None
        return PackRecord(row.guid, row.index_sha256, row.sha256, row.byte_size or 0, row.made_at)
