"""Batches as support sees them: newest first, how far each is, and which items were refused for what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain.batch import Batch, BatchItem
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission, Person
from gateway.usecases.batches.queries import BatchView, GetBatchReport, view_of
from gateway.usecases.console.permitted import allow
from gateway.usecases.desk.staff import audit, demand
from gateway.usecases.facts import issuer_of
from gateway.usecases.ports import Database
from gateway.usecases.ports.console import RefusedItem, TakenItem

PAGE, ITEMS, MOST_NAMESAKES = 25, 50, 20
NEWEST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BatchList:
    """`before` begins the next page; None: this is the last."""

    rows: tuple[Batch, ...]
    issuers: dict[int, str]
    before: datetime | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """`after` begins the next page of refused items, `further` that of those taken; 0: this is the last."""

    view: BatchView
    issuer: str
    refused: tuple[RefusedItem, ...]
    after: int
    taken: tuple[TakenItem, ...]
    further: int


@dataclass(frozen=True, slots=True)
class BatchDesk:
    database: Database
    report: GetBatchReport

    def newest(self, person: Person, issuer: int | None = None, before: datetime = NEWEST) -> BatchList:
        allow(person, Permission.READ)
        with self.database.read() as uow:
            names = {each.number: each.name for each in uow.issuers.all()}
            rows = uow.batches.listed(issuer, before, PAGE + 1)
        more = len(rows) > PAGE
        return BatchList(tuple(rows[:PAGE]), names, rows[PAGE - 1].received_at if more else None)

    def find(self, person: Person, text: str) -> Sequence[str]:
        """Ids of the batches with this id or external id."""
        allow(person, Permission.READ)
        with self.database.read() as uow:
            own = uow.batches.get(text)
            return [own.id] if own else uow.overviews.batches(text, MOST_NAMESAKES)

    def page(self, person: Person, batch_id: str, after: int = 0, beyond: int = 0) -> BatchPage:
        """Raises GatewayError(BATCH_NOT_FOUND)."""
        allow(person, Permission.READ)
        with self.database.read() as uow:
            batch = uow.batches.get(batch_id)
            if batch is None:
                raise GatewayError(ErrorKind.BATCH_NOT_FOUND)
            refused = uow.overviews.refused(batch.id, after, ITEMS + 1)
            taken = uow.overviews.taken(batch.id, beyond, ITEMS + 1)
            name = issuer_of(uow, batch.issuer).name
            view = view_of(uow, batch)
        shown, became = tuple(refused[:ITEMS]), tuple(taken[:ITEMS])
        return BatchPage(view, name, shown, _begin(refused), became, _begin(taken))

    def items(self, acting: Acting, batch_id: str) -> Iterator[BatchItem]:
        """The report, as the issuer gets it. Raises as `page`, and RULE_BROKEN without a reason."""
        demand(acting, Permission.DOWNLOAD)
        with self.database.write() as uow:
            batch = uow.batches.get(batch_id)
            if batch is None:
                raise GatewayError(ErrorKind.BATCH_NOT_FOUND)
            issuer = issuer_of(uow, batch.issuer)
            audit(uow, acting, "batch-report-downloaded", batch.id)
            uow.commit()
        return self.report.items(issuer, batch_id)


def _begin(items: Sequence[RefusedItem] | Sequence[TakenItem]) -> int:
    """The position after which the next page begins."""
    return items[ITEMS - 1].position if len(items) > ITEMS else 0
