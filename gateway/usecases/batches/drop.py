"""Batches from the drop folder: the folder says whose they should be, their own signature whose they are.

Every step may be the last one before a crash: a file that was spooled is spooled again, and the same file is
the same batch; a file set aside is followed until its batch is over.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.domain.batch import Batch, BatchItem, BatchStatus, SpooledFile
from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.usecases.batches.queries import GetBatchReport
from gateway.usecases.batches.submit import SubmitBatch
from gateway.usecases.ports import BatchFiles, Database, Spool
from gateway.usecases.ports.batches import DropFolder, Incoming

Report = Callable[[Iterable[BatchItem]], Iterator[str]]
KINDS = {kind.code: kind for kind in ErrorKind}


@dataclass(frozen=True, slots=True)
class TakeDropped:
    """`items` and `refusal` make the lines of reports. Any number of processes may look at one folder."""

    database: Database
    folder: DropFolder
    spool: Spool
    files: BatchFiles
    submit: SubmitBatch
    report: GetBatchReport
    items: Report
    refusal: Callable[[GatewayError], Iterator[str]]

    def __call__(self) -> int:
        """Take what is there, end what is over; how many were taken. A failure keeps no other issuer."""
        taken, failures = 0, list[Exception]()
        for number in self.folder.issuers():
            with self.database.read() as uow:
                issuer = uow.issuers.get(number)
            if issuer is None or not issuer.active:
                continue
            for one in (self._incoming, self._begun):
                try:
                    taken += one(issuer)
                except Exception as failure:
                    failures.append(failure)
        if failures:
            raise failures[0]
        return taken

    def _incoming(self, issuer: Issuer) -> int:
        taken = 0
        for file in self.folder.incoming(issuer.number):
            try:
                batch = self._taken(issuer, file)
            except GatewayError as error:
                if error.kind.blame is Blame.RECEIVER:
                    # Still being written, or the disk is full: it is looked at again.
                    continue
                self.folder.refuse(issuer.number, file.name, self.refusal(error))
                continue
            self.folder.begin(issuer.number, file, batch.id)
            taken += 1
        return taken

    def _taken(self, issuer: Issuer, file: Incoming) -> Batch:
        if file.problem:
            raise GatewayError(ErrorKind.BATCH_REFUSED, file.problem)
        spooled = self._spooled(file)
        try:
            external_id = self.files.external_id(spooled.id)
        except GatewayError:
            self.spool.remove(spooled.id)
            raise
        return self.submit(issuer, external_id, spooled, "", covered=False)

    def _spooled(self, file: Incoming) -> SpooledFile:
        writer = self.spool.create()
        try:
            for piece in file.pieces():
                writer.write(piece)
            return writer.finish()
        except GatewayError:
            writer.abandon()
            raise

    def _begun(self, issuer: Issuer) -> int:
        for batch_id, name in self.folder.begun(issuer.number):
            with self.database.read() as uow:
                batch = uow.batches.get(batch_id)
            if batch is None:
                # The database was put back to a time before it: the same file is the same batch again.
                self.folder.put_back(issuer.number, name, batch_id)
                continue
            if batch.issuer != issuer.number or not batch.status.over:
                continue
            taken = batch.status is BatchStatus.FINISHED
            lines = self.items(self.report.items(issuer, batch.id))
            if not batch.total:
                lines = self.refusal(GatewayError(KINDS[batch.code], batch.detail))
            self.folder.end(issuer.number, name, batch_id, taken=taken, report=lines)
        return 0
