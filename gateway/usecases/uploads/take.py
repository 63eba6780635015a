"""What a batch does with an upload, and what becomes of uploads that no batch took in time."""

from dataclasses import dataclass

from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.upload import Upload, UploadStatus
from gateway.usecases.ports import Clock, Database
from gateway.usecases.uploads.receive import ReceiveUpload

PAGE = 100


@dataclass(frozen=True, slots=True)
class TakeUpload:
    database: Database
    receive: ReceiveUpload

    def __call__(self, issuer: Issuer, handle: str, external_id: str) -> SpooledFile:
        """The file of an upload, for the batch of that external id and for no other; again for a retry.

        From here on the file is the batch's. Raises GatewayError: UPLOAD_UNKNOWN (another issuer's too),
        UPLOAD_REFUSED (not whole yet, or taken for another batch).
        """
        upload = self.receive.state(handle)
        if upload.issuer != issuer.number:
            raise GatewayError(ErrorKind.UPLOAD_UNKNOWN)
        upload = self.receive.finished(upload)
        if upload.status is UploadStatus.OPEN:
            raise GatewayError(
                ErrorKind.UPLOAD_REFUSED, f"{upload.received} of {upload.size} octets are there"
            )
        if upload.status is UploadStatus.COMPLETE:
            with self.database.write() as uow:
                if uow.uploads.use(upload.id, external_id):
                    uow.commit()
            upload = self.receive.state(handle)
        if upload.used_for != external_id:
            raise GatewayError(ErrorKind.UPLOAD_REFUSED, "it was taken for another batch")
        return SpooledFile(upload.file_id, upload.size, upload.sha256)


@dataclass(frozen=True, slots=True)
class ExpireUploads:
    database: Database
    receive: ReceiveUpload
    clock: Clock

    def __call__(self) -> int:
        """Remove uploads whose time is over; what a batch took stays the batch's. How many."""
        removed = 0
        while uploads := self._due():
            for upload in uploads:
                self.receive.remove(upload)
            removed += len(uploads)
        return removed

    def _due(self) -> list[Upload]:
        with self.database.read() as uow:
            return list(uow.uploads.expired(self.clock.now(), PAGE))
