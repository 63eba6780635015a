"""From zeep's values about batches to the client's own."""

from typing import Any

from gateway.client.batch_answers import Batch, BatchItem, Upload
from gateway.client.reading import hexadecimal


def batch(value: Any) -> Batch:
    refusal = value.refusal
    return Batch(
        id=value.batch_id,
        external_id=value.external_id,
        status=value.status,
        received_at=value.received_at,
        finished_at=value.finished_at,
        total=int(value.total),
        accepted=int(value.accepted),
        refused=int(value.refused),
        policy=value.policy or "",
        file_sha256=hexadecimal(value.file_sha256) if value.file_sha256 else "",
        code=refusal.code if refusal else "",
        detail=(refusal.detail or "") if refusal else "",
        progress=tuple(
            (int(each.state.number), int(each.result.number), int(each.count)) for each in value.progress
        ),
    )


def item(value: Any) -> BatchItem:
    refusal = value.refusal
    return BatchItem(
        position=int(value.position),
        external_id=value.external_id or "",
        guid=value.guid or "",
        code=refusal.code if refusal else "",
        text_en=refusal.text_en if refusal else "",
        text_es=refusal.text_es if refusal else "",
        detail=(refusal.detail or "") if refusal else "",
    )


def upload(value: Any) -> Upload:
    return Upload(value.upload, value.expires_at, int(value.received), int(value.piece_size))
