"""What the bearer of a handle may do: add the next piece, ask how far it is, give it up.

A piece is durable before it is answered. One that came before is answered as if it came now, so that a
lost answer costs nothing.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.upload import Piece, Upload, UploadStatus
from gateway.usecases.ports import Clock, Database, Spool
from gateway.usecases.ports.uploads import UploadHandles

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class ReceiveUpload:
    database: Database
    spool: Spool
    handles: UploadHandles
    clock: Clock

    def state(self, handle: str) -> Upload:
        """Raises GatewayError(UPLOAD_UNKNOWN), also when its time is over."""
        upload_id = self.handles.upload_of(handle)
        found = None
        if upload_id is not None:
            with self.database.read() as uow:
                found = uow.uploads.get(upload_id)
        if found is None or found.expires_at <= self.clock.now():
            raise GatewayError(ErrorKind.UPLOAD_UNKNOWN)
        return found

    def add(self, handle: str, start: int, size: int, chunks: Iterator[bytes]) -> Upload:
        """The upload with this piece; whole, once its last octet is there.

        Raises GatewayError: UPLOAD_UNKNOWN; UPLOAD_REFUSED (a gap, an overlap, beyond the end, another digest
        than was announced: then the upload is gone), BODY_INCOMPLETE, and what the spool and `chunks` raise.
        """
        upload = self.state(handle)
        if start + size > upload.size:
            raise GatewayError(ErrorKind.UPLOAD_REFUSED, f"it has {upload.size} octets")
        if start + size <= upload.received:
            return self.finished(upload)
        if start != upload.received or upload.status is not UploadStatus.OPEN:
            raise GatewayError(ErrorKind.UPLOAD_REFUSED, f"the next octet is {upload.received}")
        piece = Piece(upload.id, start, size, self._spooled(chunks, size).id)
        with self.database.write() as uow:
            won = uow.uploads.append(piece)
            if won:
                uow.commit()
        if not won:
            # Somebody else brought the same piece meanwhile.
            self.spool.remove(piece.file_id)
        return self.finished(self.state(handle))

    def give_up(self, handle: str) -> None:
        """Remove it, unless a batch took it. Raises GatewayError: UPLOAD_UNKNOWN, UPLOAD_REFUSED."""
        upload = self.state(handle)
        if upload.status is UploadStatus.USED or not self.remove(upload):
            raise GatewayError(ErrorKind.UPLOAD_REFUSED, "a batch has taken it, or a piece has just come")

    def remove(self, upload: Upload) -> bool:
        """Remove it if it is still as it was read: what a batch has just taken stays the batch's.

        Rows first: a crash after it leaves files that nobody knows, which are swept.
        """
        with self.database.write() as uow:
            files = [piece.file_id for piece in uow.uploads.pieces(upload.id)]
            if not uow.uploads.remove(upload.id, upload.status):
                return False
            uow.commit()
        if upload.status is UploadStatus.COMPLETE:
            files.append(upload.file_id)
        for file_id in files:
            self.spool.remove(file_id)
        return True

    def finished(self, upload: Upload) -> Upload:
        """Put the pieces of one that has all its octets together; a crash in between has it done again."""
        if upload.status is not UploadStatus.OPEN or upload.received < upload.size:
            return upload
        with self.database.read() as uow:
            pieces = uow.uploads.pieces(upload.id)
        try:
            whole = self._spooled(self._octets(pieces), upload.size)
        except GatewayError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            # Whoever was quicker has put them together, and removed them.
            return self._present(upload, error)
        if not hmac.compare_digest(whole.sha256, upload.sha256):
            self.spool.remove(whole.id)
            self.remove(upload)
            raise GatewayError(ErrorKind.UPLOAD_REFUSED, "its SHA-256 is another one than was announced")
        with self.database.write() as uow:
            won = uow.uploads.complete(upload.id, whole.id)
            if won:
                uow.audit.append("upload-complete", f"{upload.id}:{upload.sha256.hex()}")
                uow.commit()
        for file_id in [piece.file_id for piece in pieces] if won else [whole.id]:
            self.spool.remove(file_id)
        return self._present(upload)

    def _present(self, upload: Upload, lost: GatewayError | None = None) -> Upload:
        """As it is now. Raises GatewayError: UPLOAD_UNKNOWN, and `lost` while it is still open."""
        with self.database.read() as uow:
            found = uow.uploads.get(upload.id)
        if found is None:
            raise GatewayError(ErrorKind.UPLOAD_UNKNOWN)
        if lost is not None and found.status is UploadStatus.OPEN:
            raise lost
        return found

    def _octets(self, pieces: Sequence[Piece]) -> Iterator[bytes]:
        for piece in pieces:
            with self.spool.open(piece.file_id) as file:
                while chunk := file.read(CHUNK):
                    yield chunk

    def _spooled(self, chunks: Iterator[bytes], size: int) -> SpooledFile:
        writer = self.spool.create()
        try:
            for chunk in chunks:
                writer.write(chunk)
            file = writer.finish()
        except BaseException:
            writer.abandon()
            raise
        if file.size != size:
            self.spool.remove(file.id)
            raise GatewayError(ErrorKind.BODY_INCOMPLETE, f"{file.size} of {size} octets")
        return file
