"""From the use cases of batches and uploads to what the doors call."""

from gateway.adapters.telemetry import logs
from gateway.bootstrap.system import System
from gateway.bootstrap.uploads import piece_size
from gateway.entrypoints.soap.body import Limits
from gateway.entrypoints.soap.ports import BatchOperations
from gateway.entrypoints.soap.upload_door import UploadDoor
from gateway.settings import Settings


def batch_operations(settings: Settings, system: System) -> BatchOperations:
    batches = system.batches
    return BatchOperations(
        submit=batches.submit,
        get=batches.get,
        by_external_id=batches.get.by_external_id,
        report=batches.report,
        uploaded=batches.uploads.take,
        announce=batches.uploads.create,
        uploads_at=f"{settings.gateway.base_url}/upload",
        piece_size=piece_size(settings),
    )


def upload_door(settings: Settings, system: System) -> UploadDoor:
    limits = Limits(piece_size(settings), settings.http.body_deadline.total_seconds())
    return UploadDoor(system.batches.uploads.receive, limits, logs.REQUEST_ID.get)
