"""The rows of recipients' signed copies; their octets live in the vault. A row is never changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import signed_files
from gateway.domain.record import SignedFile, SignedKind

T = signed_files.c
ADD = insert(signed_files)
OF = select(signed_files).where(T.guid == bindparam("whose")).order_by(T.document, T.recipient)


class SignedFileStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, files: Iterable[SignedFile]) -> None:
        if rows := [_row(file) for file in files]:
            self._session.add(ADD, rows)

    def of(self, guid: str) -> Sequence[SignedFile]:
        return [_file(row) for row in self._session.rows(OF, {"whose": guid})]


def _row(file: SignedFile) -> dict[str, Any]:
    return {
        "guid": file.guid,
        "document": file.document,
        "recipient": file.recipient,
        "kind": file.kind.value,
        "media_type": file.media_type,
        "sha256": file.sha256,
        "byte_size": file.size,
        "created_at": file.created_at,
    }


def _file(row: Any) -> SignedFile:
    return SignedFile(
        guid=row.guid,
        document=row.document,
        recipient=row.recipient,
        kind=SignedKind(row.kind),
        media_type=row.media_type,
        sha256=row.sha256,
        size=row.byte_size,
        created_at=row.created_at,
    )
