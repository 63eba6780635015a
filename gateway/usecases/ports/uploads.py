"""Uploads and their pieces as rows, and the handles that stand for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.upload import Piece, Upload, UploadStatus


class Uploads(Protocol):
    """Every compare-and-set returns whether this caller won."""

    def add(self, upload: Upload) -> None: ...
    def get(self, upload_id: str) -> Upload | None: ...
    def same(self, issuer: int, size: int, sha256: bytes, now: datetime) -> Upload | None:
        """The issuer's living upload of the same file that no batch took."""

    def unused(self, issuer: int) -> int:
        """How many the issuer has that no batch took."""

    def append(self, piece: Piece) -> bool:
        """Add a piece exactly where the upload ends, while it is OPEN."""

    def pieces(self, upload_id: str) -> Sequence[Piece]:
        """In order."""

    def complete(self, upload_id: str, file_id: str) -> bool:
        """OPEN to COMPLETE; its pieces are forgotten."""

    def use(self, upload_id: str, external_id: str) -> bool:
        """COMPLETE to USED."""

    def remove(self, upload_id: str, status: UploadStatus) -> bool:
        """The upload and its pieces, as rows, while it has this status."""

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]: ...
    def knows_file(self, file_id: str) -> bool:
        """Whether an upload that no batch took has this file, whole or as a piece."""


class UploadHandles(Protocol):
    """Handles are derived and kept nowhere: an upload has the same one as long as the key is there."""

    def upload_handle(self, upload_id: str) -> str:
        """75 characters that nobody can guess, the id among them."""

    def upload_of(self, handle: str) -> str | None:
        """The id of a genuine handle, compared in constant time."""
