"""What uploads are built of: their use cases, behind one field of the batches."""

from dataclasses import dataclass

from gateway.adapters.crypto.codes import KeyedCodes
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault.spool import FileSpool
from gateway.settings import Settings
from gateway.usecases.ports import Clock
from gateway.usecases.uploads.create import CreateUpload, UploadLimits
from gateway.usecases.uploads.receive import ReceiveUpload
from gateway.usecases.uploads.take import ExpireUploads, TakeUpload

LARGEST_PIECE = 16 * 1024 * 1024


@dataclass(frozen=True)
class Uploads:
    """`create` for issuers, `receive` for bearers of handles, `take` for batches, `expire` for the alarm."""

    create: CreateUpload
    receive: ReceiveUpload
    take: TakeUpload
    expire: ExpireUploads


def uploads(
    settings: Settings, database: SqlDatabase, spool: FileSpool, codes: KeyedCodes, clock: Clock
) -> Uploads:
    receive = ReceiveUpload(database, spool, codes, clock)
    limits = UploadLimits(
        life=settings.uploads.life,
        size=settings.uploads.size,
        unused=settings.uploads.unused,
    )
    return Uploads(
        create=CreateUpload(database, codes, clock, limits),
        receive=receive,
        take=TakeUpload(database, receive),
        expire=ExpireUploads(database, receive, clock),
    )


def piece_size(settings: Settings) -> int:
    """Of a piece, in octets: it has to pass as any other body."""
    return min(LARGEST_PIECE, settings.http.max_body // 2)
