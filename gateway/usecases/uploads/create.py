"""CreateUpload: an issuer announces a file; asked again for the same one, it gets the same upload."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.upload import Upload
from gateway.usecases.ports import Clock, Database
from gateway.usecases.ports.uploads import UploadHandles


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """`life` from its announcement; `size` in octets; `unused` uploads of an issuer at the same time."""

    life: timedelta
    size: int
    unused: int


@dataclass(frozen=True, slots=True)
class CreatedUpload:
    upload: Upload
    handle: str


@dataclass(frozen=True, slots=True)
class CreateUpload:
    database: Database
    handles: UploadHandles
    clock: Clock
    limits: UploadLimits

    def __call__(self, issuer: Issuer, size: int, sha256: bytes) -> CreatedUpload:
        """Raises GatewayError: TOO_LARGE, UPLOAD_REFUSED (the issuer has too many that no batch took)."""
        if size > self.limits.size:
            raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {self.limits.size} octets")
        now = self.clock.now()
        fresh = Upload(uuid4().hex, issuer.number, size, sha256, now, now + self.limits.life)
        with self.database.write() as uow:
            # Two announcements of one file at once are one upload, and the limit holds.
            uow.reservations.lock(issuer.number)
            upload = uow.uploads.same(issuer.number, size, sha256, now)
            if upload is None:
                if uow.uploads.unused(issuer.number) >= self.limits.unused:
                    raise GatewayError(ErrorKind.UPLOAD_REFUSED, f"{self.limits.unused} at once, at most")
                upload = fresh
                uow.uploads.add(upload)
                uow.audit.append("upload-announced", f"{upload.id}:{sha256.hex()}")
            uow.commit()
        return CreatedUpload(upload, self.handles.upload_handle(upload.id))
