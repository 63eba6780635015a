"""From zeep's values to the client's own."""

from typing import Any

from gateway.client.answers import Event, Evidence, File, Receipt, RecipientState, TransactionState, Verdict


def receipt(value: Any) -> Receipt:
    return Receipt(
        guid=value.guid,
        external_id=value.external_id,
        state=int(value.state.number),
        received_at=value.received_at,
        content_digest=hexadecimal(value.content_digest),
        request_id=value.request_id,
    )


def state(value: Any) -> TransactionState:
    recipients = value.recipients.recipient if value.recipients else []
    return TransactionState(
        guid=value.guid,
        external_id=value.external_id,
        state=int(value.state.number),
        state_name=value.state.name,
        result=int(value.result.number),
        result_name=value.result.name,
        updated_at=value.updated_at,
        recipients=tuple(_recipient(each) for each in recipients),
    )


def event(value: Any) -> Event:
    details = value.details.detail if value.details else []
    return Event(
        sequence=int(value.sequence),
        kind=value.kind,
        state=int(value.state.number),
        event_time=value.event_time,
        recipient=None if value.recipient is None else int(value.recipient),
        details=tuple((each.name, each.value or "") for each in details),
    )


def document(value: Any) -> File:
    return File(value.id, value.name, value.media_type, hexadecimal(value.sha256), value.content)


def file(value: Any) -> File:
    return File(value.name, value.name, value.media_type, hexadecimal(value.sha256), value.content)


def evidence(value: Any) -> Evidence:
    sealed = value.status == "SEALED"
    return Evidence(value.id, value.event, value.event_time, sealed, value.content or b"")


def verdict(value: Any) -> Verdict:
    return Verdict(
        verdict=value.verdict,
        indication=value.indication or "",
        sub_indication=value.sub_indication or "",
        guid=value.guid or "",
        signed_by=value.signed_by or "",
        stamped_at=value.stamped_at,
        checks=tuple((each.name, bool(each.passed), each.detail or "") for each in value.check),
        report=value.report or b"",
    )


def _recipient(value: Any) -> RecipientState:
    return RecipientState(int(value.position), value.state, int(value.result.number), value.decided_at)


def hexadecimal(value: str | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else value.lower()
