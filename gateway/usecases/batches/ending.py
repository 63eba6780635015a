"""How a batch ends: each item has its answer, or the file was refused as a whole."""

from dataclasses import replace
from datetime import datetime

from gateway.domain.batch import Batch, BatchStatus, BatchStep
from gateway.domain.errors import GatewayError
from gateway.domain.record import Task
from gateway.domain.wording import keepable
from gateway.usecases.ports import UnitOfWork

MAX_DETAIL = 1000


def refuse_whole(uow: UnitOfWork, task: Task, batch: Batch, error: GatewayError, now: datetime) -> bool:
    """No item has an answer; commits. False when somebody else was first."""
    refused = replace(
        batch,
        status=BatchStatus.REFUSED,
        step=BatchStep.DONE,
        total=0,
        code=error.kind.code,
        detail=keepable(error.detail, MAX_DETAIL),
        finished_at=now,
    )
    uow.batch_items.clear(batch.id)
    return _over(uow, task, batch, refused)


def finish(uow: UnitOfWork, task: Task, batch: Batch, now: datetime, code: str = "") -> bool:
    """Every item has its answer; commits. With a `code`, the batch was refused for one of them."""
    counts = uow.batches.counts(batch)
    finished = replace(
        batch,
        status=BatchStatus.REFUSED if code else BatchStatus.FINISHED,
        step=BatchStep.DONE,
        accepted=counts.accepted,
        refused=counts.refused,
        code=code,
        finished_at=now,
        wait_until=None,
    )
    uow.reservations.release(batch.id)
    return _over(uow, task, batch, finished)


def _over(uow: UnitOfWork, task: Task, batch: Batch, after: Batch) -> bool:
    if not uow.batches.advance(batch, after):
        return False
    uow.audit.append(f"batch-{after.status.value.lower()}", batch.id)
    if not uow.tasks.complete(task):
        return False
    uow.commit()
    return True
