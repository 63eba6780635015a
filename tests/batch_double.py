"""Use cases of batches that keep what they were given in memory, for tests of the door alone."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from gateway.domain.batch import (
    Batch,
    BatchCounts,
    BatchItem,
    BatchPolicy,
    BatchStatus,
    ItemStatus,
    SpooledFile,
)
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.upload import Upload
from gateway.entrypoints.soap.ports import BatchOperations
from gateway.usecases.batches.queries import BatchReport, BatchView
from gateway.usecases.uploads.create import CreatedUpload

MOMENT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
GUID = "001001-0001-000000000000001.par"


@dataclass
class RecordedBatches:
    """Batches by id. Each is over at once: of five items, two were refused."""

    batches: dict[str, Batch] = field(default_factory=dict)
    uploads: dict[str, SpooledFile] = field(default_factory=dict)
    failure: Exception | None = None

    def submit(
        self,
        issuer: Issuer,
        external_id: str,
        spooled: SpooledFile,
        signer_sha256: str,
        policy: BatchPolicy,
        *,
        covered: bool,
        request_id: str,
    ) -> Batch:
        if self.failure:
            raise self.failure
        batch = Batch(
            id=spooled.id,
            issuer=issuer.number,
            external_id=external_id,
            policy=policy,
            priority=5,
            file_sha256=spooled.sha256,
            file_size=spooled.size,
            signer_sha256=signer_sha256,
            covered=covered,
            request_id=request_id,
            received_at=MOMENT,
            status=BatchStatus.FINISHED,
            finished_at=MOMENT,
            total=5,
        )
        self.batches[batch.id] = batch
        return batch

    def get(self, issuer: Issuer, batch_id: str) -> BatchView:
        batch = self.batches.get(batch_id)
        if batch is None or batch.issuer != issuer.number:
            raise GatewayError(ErrorKind.BATCH_NOT_FOUND, batch_id)
        return BatchView(batch, BatchCounts(5, 3, 2, {(1, 0): 2, (12, 7): 1}))

    def by_external_id(self, issuer: Issuer, external_id: str) -> BatchView:
        found = [batch.id for batch in self.batches.values() if batch.external_id == external_id]
        return self.get(issuer, found[0] if found else external_id)

    def report(self, issuer: Issuer, batch_id: str, after: int, limit: int) -> BatchReport:
        view = self.get(issuer, batch_id)
        items = [_item(view.batch, position) for position in range(after + 1, 6)][:limit]
        further = items[-1].position if items and items[-1].position < 5 else 0
        return BatchReport(view, items, further)

    def uploaded(self, issuer: Issuer, handle: str, external_id: str) -> SpooledFile:
        if handle not in self.uploads:
            raise GatewayError(ErrorKind.UPLOAD_UNKNOWN)
        return self.uploads[handle]

    def announce(self, issuer: Issuer, size: int, sha256: bytes) -> CreatedUpload:
        upload = Upload("0" * 32, issuer.number, size, sha256, MOMENT, MOMENT)
        return CreatedUpload(upload, "0" * 75)

    def operations(self) -> BatchOperations:
        return BatchOperations(
            submit=self.submit,
            get=self.get,
            by_external_id=self.by_external_id,
            report=self.report,
            uploaded=self.uploaded,
            announce=self.announce,
            uploads_at="http://localhost/upload",
            piece_size=1000,
        )


def _item(batch: Batch, position: int) -> BatchItem:
    item = BatchItem(batch.id, position, 0, 1, f"ITEM-{position}", ItemStatus.ACCEPTED, GUID)
    if position == 2:
        code, detail = ErrorKind.SCHEMA_INVALID.code, 'line 2, "a;b"\x00'
        return replace(item, external_id="", status=ItemStatus.REFUSED, guid="", code=code, detail=detail)
    if position == 4:
        return replace(item, external_id="=HYPERLINK(1)", status=ItemStatus.REFUSED, guid="", code="E000501")
    return item
