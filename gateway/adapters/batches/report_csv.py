"""A batch's report as CSV (RFC 4180, UTF-8), line by line: what became of each item, in both languages."""

from collections.abc import Iterable, Iterator

from gateway.domain import csv_text
from gateway.domain.batch import BatchItem, ItemStatus
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.wording import printable

COLUMNS = ("position", "external_id", "status", "guid", "code", "text_en", "text_es", "detail")
KINDS = {kind.code: kind for kind in ErrorKind}


def lines(items: Iterable[BatchItem]) -> Iterator[str]:
    """The head, then a line an item."""
    yield csv_text.lines([COLUMNS])
    for item in items:
        yield csv_text.lines([_cells(item)])


def refusal(error: GatewayError) -> Iterator[str]:
    """The report of a file that was refused as a whole: one line, of position 0."""
    whole = BatchItem("", 0, 0, 0, "", ItemStatus.REFUSED, "", error.kind.code, error.detail)
    return lines([whole])


def _cells(item: BatchItem) -> tuple[str, ...]:
    kind = KINDS.get(item.code)
    texts = (kind.text.en, kind.text.es) if kind else ("", "")
    told = (item.external_id, item.status.value, item.guid, item.code, *texts, printable(item.detail))
    return (str(item.position), *told)
