"""Batches, turned into Spyne's values, and into CSV: a line an item, both languages."""

import base64
from collections.abc import Sequence

from gateway.domain import csv_text
from gateway.domain.batch import Batch, BatchItem, BatchStatus
from gateway.domain.errors import ErrorKind
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.domain.wording import keepable
from gateway.entrypoints.soap.batch_types import Item, Progress, Refusal, Report, Summary
from gateway.entrypoints.soap.convert import instant, numbered
from gateway.usecases.batches.queries import BatchReport, BatchView
from gateway.usecases.uploads.create import CreatedUpload

COLUMNS = ("position", "external_id", "status", "guid", "code", "text_en", "text_es", "detail")
DETAIL_LIMIT = 2000
KINDS = {kind.code: kind for kind in ErrorKind}


def summary(view: BatchView) -> Summary:
    batch, counts = view.batch, view.counts
    progress = [
        Progress(state=numbered(State(state)), result=numbered(Result(result)), count=count)
        for (state, result), count in sorted(counts.states.items())
    ]
    return Summary(
        batch_id=batch.id,
        external_id=batch.external_id,
        status=batch.status.value,
        received_at=instant(batch.received_at),
        finished_at=None if batch.finished_at is None else instant(batch.finished_at),
        total=counts.total,
        accepted=counts.accepted,
        refused=counts.refused,
        policy=batch.policy.value,
        file_sha256=batch.file_sha256.hex(),
        refusal=_refusal(batch.code, batch.detail, batch)
        if batch.status is BatchStatus.REFUSED and batch.code
        else None,
        progress=progress or None,
    )


def report(page: BatchReport) -> Report:
    return Report(summary=summary(page.view), item=[_item(each, page.view.batch) for each in page.items])


def upload(created: CreatedUpload, address: str, piece_size: int) -> tuple[str, str, str, int, int]:
    """Handle, where to PUT, end of its life, octets that are there, largest piece."""
    found = created.upload
    where = f"{address}/{created.handle}"
    return created.handle, where, instant(found.expires_at), found.received, piece_size


def comma_separated(page: BatchReport, *, first: bool) -> str:
    """RFC 4180 in UTF-8, in Base64; the names of the columns stand before the first page only."""
    head = [COLUMNS] if first else []
    return base64.b64encode(csv_text.lines([*head, *map(_line, page.items)]).encode()).decode("ascii")


def _line(item: BatchItem) -> Sequence[str]:
    kind = KINDS.get(item.code)
    texts = (kind.text.en, kind.text.es) if kind else ("", "")
    detail = keepable(item.detail, DETAIL_LIMIT)
    return (str(item.position), item.external_id, item.status.value, item.guid, item.code, *texts, detail)


def _item(item: BatchItem, batch: Batch) -> Item:
    return Item(
        position=item.position,
        external_id=item.external_id or None,
        guid=item.guid or None,
        refusal=None if item.guid else _refusal(item.code, item.detail, batch),
    )


def _refusal(code: str, detail: str, batch: Batch) -> Refusal:
    kind = KINDS.get(code, ErrorKind.INTERNAL)
    return Refusal(
        code=kind.code,
        text_en=kind.text.en,
        text_es=kind.text.es,
        detail=keepable(detail, DETAIL_LIMIT) or None,
        request_id=batch.request_id,
    )
