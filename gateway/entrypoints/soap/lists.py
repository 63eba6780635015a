"""A page of a list, as the contract's elements or as CSV."""

import base64
import hashlib

from gateway.domain import csv_text
from gateway.domain.listing import Listed
from gateway.domain.timeline import RESULTS
from gateway.entrypoints.soap import types
from gateway.entrypoints.soap.convert import instant, listed
from gateway.usecases.results import ListPage

CSV = "text/csv"
COLUMNS = (
    "guid",
    "external_id",
    "state",
    "state_name",
    "result",
    "result_name",
    "result_en",
    "result_es",
    "received_at",
    "updated_at",
    "recipients",
    "sandbox",
)


def answer(
    page: ListPage, *, as_csv: bool
) -> tuple[list[types.TransactionState], str | None, types.File | None]:
    """Elements or file, and the token of the next page."""
    following = page.next_page or None
    if as_csv:
        return [], following, _file(page)
    return [listed(each) for each in page.transactions], following, None


def _file(page: ListPage) -> types.File:
    octets = (csv_text.MARK + csv_text.lines([COLUMNS, *map(_row, page.transactions)])).encode()
    return types.File(
        name="transactions.csv",
        media_type=CSV,
        sha256=hashlib.sha256(octets).hexdigest(),
        content=base64.b64encode(octets).decode(),
    )


def _row(each: Listed) -> tuple[object, ...]:
    result = RESULTS[each.result]
    return (
        each.guid,
        each.external_id,
        int(each.state),
        each.state.name,
        int(each.result),
        each.result.name,
        result.en,
        result.es,
        instant(each.received_at),
        instant(each.updated_at),
        " ".join(f"{one.position + 1}:{one.state.value}" for one in each.recipients),
        "yes" if each.sandbox else "",
    )
