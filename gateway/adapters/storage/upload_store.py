"""Uploads and their pieces: every step is a compare-and-set on the upload's own row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import upload_pieces, uploads
from gateway.domain.upload import Piece, Upload, UploadStatus

U, P = uploads.c, upload_pieces.c
OPEN, COMPLETE, USED = (status.value for status in UploadStatus)
ADD = insert(uploads)
GET = select(uploads).where(U.id == bindparam("whose"))
SAME = (
    select(uploads)
    .where(
        and_(
            U.issuer == bindparam("issuer"),
            U.status != USED,
            U.sha256 == bindparam("digest"),
            U.octets == bindparam("size"),
            U.expires_at > bindparam("now"),
        )
    )
    .limit(1)
)
UNUSED = (
    select(func.count().label("many"))
    .select_from(uploads)
    .where(and_(U.issuer == bindparam("issuer"), U.status != USED))
)
ADVANCE = (
    update(uploads)
    .where(and_(U.id == bindparam("whose"), U.status == OPEN, U.received == bindparam("before")))
    .values(received=bindparam("after"))
)
ADD_PIECE = insert(upload_pieces)
PIECES = select(upload_pieces).where(P.upload == bindparam("whose")).order_by(P.first_octet)
COMPLETED = (
    update(uploads)
    .where(and_(U.id == bindparam("whose"), U.status == OPEN, U.received == U.octets))
    .values(status=COMPLETE, file_id=bindparam("file"))
)
USE = (
    update(uploads)
    .where(and_(U.id == bindparam("whose"), U.status == COMPLETE))
    .values(status=USED, used_for=bindparam("batch"))
)
FORGET_PIECES = delete(upload_pieces).where(P.upload == bindparam("whose"))
REMOVE = delete(uploads).where(and_(U.id == bindparam("whose"), U.status == bindparam("status_was")))
EXPIRED = select(uploads).where(U.expires_at <= bindparam("now")).limit(bindparam("most"))
# Also of a used one: a crash may have come before its batch, and its issuer asks again.
WHOLE_FILE = select(U.id).where(U.file_id == bindparam("file")).limit(1)
PIECE_FILE = select(P.upload).where(P.file_id == bindparam("file")).limit(1)


class UploadStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, upload: Upload) -> None:
        row = {
            "id": upload.id,
            "issuer": upload.issuer,
            "octets": upload.size,
            "sha256": upload.sha256,
            "received": upload.received,
            "status": upload.status.value,
            "file_id": upload.file_id or None,
            "used_for": upload.used_for or None,
            "created_at": upload.created_at,
            "expires_at": upload.expires_at,
        }
        self._session.add(ADD, [row])

    def get(self, upload_id: str) -> Upload | None:
        return _maybe(self._session.first(GET, {"whose": upload_id}))

    def same(self, issuer: int, size: int, sha256: bytes, now: datetime) -> Upload | None:
        asked = {"issuer": issuer, "size": size, "digest": sha256, "now": now}
        return _maybe(self._session.first(SAME, asked))

    def unused(self, issuer: int) -> int:
        row = self._session.first(UNUSED, {"issuer": issuer})
        return 0 if row is None else int(row.many)

    def append(self, piece: Piece) -> bool:
        change = {"whose": piece.upload, "before": piece.start, "after": piece.start + piece.size}
        if self._session.changed(ADVANCE, change) != 1:
            return False
        row = {
            "upload": piece.upload,
            "first_octet": piece.start,
            "octets": piece.size,
            "file_id": piece.file_id,
        }
        self._session.add(ADD_PIECE, [row])
        return True

    def pieces(self, upload_id: str) -> Sequence[Piece]:
        rows = self._session.rows(PIECES, {"whose": upload_id})
        return [Piece(row.upload, row.first_octet, row.octets, row.file_id) for row in rows]

    def complete(self, upload_id: str, file_id: str) -> bool:
        if self._session.changed(COMPLETED, {"whose": upload_id, "file": file_id}) != 1:
            return False
        self._session.changed(FORGET_PIECES, {"whose": upload_id})
        return True

    def use(self, upload_id: str, external_id: str) -> bool:
        return self._session.changed(USE, {"whose": upload_id, "batch": external_id}) == 1

    def remove(self, upload_id: str, status: UploadStatus) -> bool:
        self._session.changed(FORGET_PIECES, {"whose": upload_id})
        return self._session.changed(REMOVE, {"whose": upload_id, "status_was": status.value}) == 1

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        return [_upload(row) for row in self._session.rows(EXPIRED, {"now": now, "most": limit})]

    def knows_file(self, file_id: str) -> bool:
        asked = {"file": file_id}
        whole = self._session.first(WHOLE_FILE, asked)
        return whole is not None or self._session.first(PIECE_FILE, asked) is not None


def _maybe(row: Any | None) -> Upload | None:
    return None if row is None else _upload(row)


def _upload(row: Any) -> Upload:
    return Upload(
        id=row.id,
        issuer=row.issuer,
        size=row.octets,
        sha256=row.sha256,
        created_at=row.created_at,
        expires_at=row.expires_at,
        received=row.received,
        status=UploadStatus(row.status),
        file_id=row.file_id,
        used_for=row.used_for,
    )
