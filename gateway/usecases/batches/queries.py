"""What an issuer asks about its batches: how far one is, and the answer to each item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.batch import Batch, BatchCounts, BatchItem
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.usecases.ports import Database, UnitOfWork

PAGE = 1000


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch, and how many of its items and transactions are where."""

    batch: Batch
    counts: BatchCounts


@dataclass(frozen=True, slots=True)
class BatchReport:
    """Items with their answer, in order; `next_position` (0: no more for now) is `after` of the next page."""

    view: BatchView
    items: Sequence[BatchItem]
    next_position: int


@dataclass(frozen=True, slots=True)
class GetBatch:
    database: Database

    def __call__(self, issuer: Issuer, batch_id: str) -> BatchView:
        """Raises GatewayError(BATCH_NOT_FOUND), also for another issuer's."""
        with self.database.read() as uow:
            return view_of(uow, owned(uow, issuer, batch_id))

    def by_external_id(self, issuer: Issuer, external_id: str) -> BatchView:
        """Raises GatewayError(BATCH_NOT_FOUND)."""
        with self.database.read() as uow:
            batch = uow.batches.by_external_id(issuer.number, external_id)
            if batch is None:
                raise GatewayError(ErrorKind.BATCH_NOT_FOUND, external_id)
            return view_of(uow, batch)


@dataclass(frozen=True, slots=True)
class GetBatchReport:
    database: Database

    def __call__(self, issuer: Issuer, batch_id: str, after: int = 0, limit: int = PAGE) -> BatchReport:
        """At most `limit` items beyond the position `after`. Raises GatewayError(BATCH_NOT_FOUND)."""
        with self.database.read() as uow:
            batch = owned(uow, issuer, batch_id)
            items = uow.batch_items.page(batch.id, after, limit)
            further = items[-1].position if len(items) == limit else 0
            return BatchReport(view_of(uow, batch), items, further)

    def items(self, issuer: Issuer, batch_id: str) -> Iterator[BatchItem]:
        """All of them, page by page: constant memory. Raises GatewayError(BATCH_NOT_FOUND) at the first."""
        after = 0
        while True:
            with self.database.read() as uow:
                owned(uow, issuer, batch_id)
                page = uow.batch_items.page(batch_id, after, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].position


def owned(uow: UnitOfWork, issuer: Issuer, batch_id: str) -> Batch:
    batch = uow.batches.get(batch_id)
    if batch is None or batch.issuer != issuer.number:
        raise GatewayError(ErrorKind.BATCH_NOT_FOUND, batch_id)
    return batch


def view_of(uow: UnitOfWork, batch: Batch) -> BatchView:
    return BatchView(batch, uow.batches.counts(batch))
