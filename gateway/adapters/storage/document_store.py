"""The rows of documents; their octets live in the vault."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.personal import Personal, PersonalPart
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import documents
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DocumentRecord

T = documents.c
ADD = insert(documents)
OF = select(documents).where(T.guid == bindparam("guid")).order_by(T.position)
SET_STAMPED = (
    update(documents)
    .where(and_(T.guid == bindparam("whose"), T.position == bindparam("place")))
    .values(stamped_sha256=bindparam("sha256"), stamped_size=bindparam("size"))
)
PART = PersonalPart(
    documents, owner="guid", place="position", emptied={"name": ""}, clear=lambda row: {"name": row.name}
)


class DocumentStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, records: Iterable[DocumentRecord]) -> None:
        """Raises GatewayError(KEY_DESTROYED) for documents of a transaction without data key."""
        self._session.add(ADD, [_row(each) | self._sealed(each) for each in records])

    def of(self, guid: str) -> Sequence[DocumentRecord]:
        rows = self._session.rows(OF, {"guid": guid})
        return [_record(row, PART.told(self._personal, row)) for row in rows]

    def set_stamped(self, guid: str, position: int, sha256: bytes, size: int) -> None:
        """Raises GatewayError(DOCUMENT_NOT_FOUND) when there is no such row."""
        stamped = {"whose": guid, "place": position, "sha256": sha256, "size": size}
        if self._session.changed(SET_STAMPED, stamped) != 1:
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)

    def _sealed(self, record: DocumentRecord) -> dict[str, Any]:
        return PART.sealed(self._personal, record, {"name": record.name})


def _row(record: DocumentRecord) -> dict[str, Any]:
    return {
        "guid": record.guid,
        "position": record.position,
        "id": record.id,
        "media_type": record.media_type,
        "byte_size": record.size,
        "original_sha256": record.original_sha256,
        "pages": record.pages,
        "signed": record.signed,
        "stamped_sha256": record.stamped_sha256,
        "stamped_size": record.stamped_size,
    }


def _record(row: Any, told: dict[str, Any]) -> DocumentRecord:
    return DocumentRecord(
        guid=row.guid,
        position=row.position,
        id=row.id,
        name=told["name"],
        media_type=row.media_type,
        size=row.byte_size,
        original_sha256=row.original_sha256,
        pages=row.pages,
        signed=row.signed,
        stamped_sha256=row.stamped_sha256,
        stamped_size=row.stamped_size,
    )
