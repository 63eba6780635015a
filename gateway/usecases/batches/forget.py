"""The end of a batch's file: once no transaction of it is in custody, file and data key are destroyed.

The batch's row stays with its counts: it tells of nobody. Its items go, for they bear issuers' identifiers.
"""

from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.batch import Batch
from gateway.usecases.ports import Clock, Database, Spool

PAGE = 100


@dataclass(frozen=True, slots=True)
class ForgetBatches:
    """`kept`: how long a batch is kept at least after its end, as refused submissions are, which its refused
    items become; `offset`: how far clocks may differ, waited besides."""

    database: Database
    spool: Spool
    clock: Clock
    kept: timedelta
    offset: timedelta

    def __call__(self) -> int:
        """Forget every file that nothing needs; how many."""
        forgotten = 0
        while True:
            with self.database.read() as uow:
                ended = uow.batches.ended(self.clock.now() - self.kept - self.offset, PAGE)
            for batch in ended:
                forgotten += self._forget(batch)
            if len(ended) < PAGE:
                return forgotten

    def _forget(self, batch: Batch) -> bool:
        # The files first: as long as the row tells of them, a round that was interrupted is repeated.
        for file_id in filter(None, (batch.content_id, batch.id)):
            self.spool.remove(file_id)
        with self.database.write() as uow:
            if not uow.batches.forget_file(batch.id):
                return False
            uow.batch_items.clear(batch.id)
            uow.audit.append("batch-file-destroyed", batch.id)
            uow.commit()
        return True
