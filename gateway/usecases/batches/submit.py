"""SubmitBatch: a spooled file becomes a batch in one commit, and the answer comes at once.

What is in the file is found out by a task. The same file under the same external id is the same batch.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.batch import Batch, BatchPolicy, SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, Spool, UnitOfWork, Wake


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    database: Database
    spool: Spool
    clock: Clock
    wake: Wake

    def __call__(
        self,
        issuer: Issuer,
        external_id: str,
        spooled: SpooledFile,
        signer_sha256: str,
        policy: BatchPolicy = BatchPolicy.BEST_EFFORT,
        *,
        covered: bool,
        request_id: str = "",
    ) -> Batch:
        """Take a batch; it is durable when this returns.

        `spooled` is a finished file of the spool, an XML or a ZIP; it becomes the batch's, and is removed
        when the batch is known already or refused. `signer_sha256` (hexadecimal) is the certificate of who
        signed the request; `covered` says that this signature is over the file's digest. A `policy` in the
        file outweighs the one given here. Raises GatewayError(DUPLICATE_BATCH): another file of that id.
        """
        brought = (signer_sha256, covered, request_id or spooled.id)
        batch = _received(issuer, external_id, spooled, policy, brought, self.clock.now())
        with self.database.write() as uow:
            known = _known(uow, batch)
            if known is None:
                # In no lane of batches: one of a high priority would else wait for others to be taken whole.
                uow.tasks.add(new_task(Kind.READ_BATCH, batch.id, batch.received_at))
                uow.audit.append("batch-received", f"{batch.id}:{batch.file_sha256.hex()}")
                uow.commit()
        if known is None:
            self.wake()
            return batch
        if known.id != batch.id:
            self.spool.remove(batch.id)
        if known.file_sha256 != batch.file_sha256:
            raise GatewayError(ErrorKind.DUPLICATE_BATCH, external_id)
        return known


def _received(
    issuer: Issuer,
    external_id: str,
    spooled: SpooledFile,
    policy: BatchPolicy,
    brought: tuple[str, bool, str],
    now: datetime,
) -> Batch:
    signer_sha256, covered, request_id = brought
    return Batch(
        id=spooled.id,
        issuer=issuer.number,
        external_id=external_id,
        policy=policy,
        priority=issuer.priority,
        file_sha256=spooled.sha256,
        file_size=spooled.size,
        signer_sha256=signer_sha256,
        covered=covered,
        request_id=request_id,
        received_at=now,
    )


def _known(uow: UnitOfWork, batch: Batch) -> Batch | None:
    """The batch of that external id, unless this one has just been inserted."""
    if uow.batches.add(batch):
        return None
    known = uow.batches.by_external_id(batch.issuer, batch.external_id)
    if known is None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
    return known
