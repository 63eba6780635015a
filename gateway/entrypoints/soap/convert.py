"""Results of the use cases, turned into Spyne's values: numbers, names, instants in UTC, Base64.

Positions count from 0 inside and from 1 on the wire.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.domain.custody import Extension
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind
from gateway.domain.listing import Listed, ListedRecipient
from gateway.domain.pack import MEDIA_TYPE
from gateway.domain.record import EventRecord, EvidenceStatus, RecipientRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.sandbox import SandboxMessage
from gateway.domain.states import State
from gateway.domain.wording import keepable
from gateway.entrypoints.soap import types
from gateway.entrypoints.soap.arguments import Page
from gateway.usecases.results import (
    CertificateFile,
    DocumentFile,
    DocumentKind,
    EvidenceFile,
    PackResult,
    SubmitReceipt,
    Timeline,
)
from gateway.usecases.sandbox.drive import Driven

VALUE_LIMIT = 4000


def instant(moment: datetime) -> str:
    """UTC with microseconds, for example 2026-01-31T10:00:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def numbered(value: State | Result) -> types.Numbered:
    return types.Numbered(number=int(value), name=value.name)


def receipt(answer: SubmitReceipt) -> types.Receipt:
    return types.Receipt(
        guid=answer.guid,
        external_id=answer.external_id,
        state=numbered(answer.state),
        received_at=instant(answer.received_at),
        content_digest=answer.content_digest.hex(),
        request_id=answer.request_id,
    )


def state_items(found: Sequence[tuple[str, Listed | ErrorKind]]) -> list[types.StateItem]:
    """One item for each identifier, in order; what is not there becomes `not_found` or `purged` with it."""
    return [_state_item(identifier, status) for identifier, status in found]


def _state_item(identifier: str, status: Listed | ErrorKind) -> types.StateItem:
    if isinstance(status, Listed):
        return types.StateItem(transaction=listed(status))
    if status is ErrorKind.PURGED:
        return types.StateItem(purged=identifier)
    return types.StateItem(not_found=identifier)


def events(timeline: Timeline, page: Page) -> tuple[str, list[types.Event], bool]:
    """GUID, the events of the page, and whether there are more."""
    wanted = [record for record in timeline.events if record.sequence > page.after]
    return timeline.record.guid, [_event(each) for each in wanted[: page.limit]], len(wanted) > page.limit


def documents(
    guid: str, kind: DocumentKind, files: Sequence[DocumentFile], only: str
) -> tuple[str, str, list[types.Document]]:
    """GUID, kind and the files, or the one whose document id is `only`."""
    chosen = [file for file in files if only in ("", file.document.id)]
    return guid, kind.value, [_document(file) for file in chosen]


def evidence(guid: str, files: Sequence[EvidenceFile]) -> tuple[str, list[types.Evidence]]:
    return guid, [_evidence(file) for file in files]


def certificate(guid: str, file: CertificateFile) -> tuple[str, types.File]:
    suffix = "pdf" if file.media_type == PDF else "xml"
    return guid, types.File(
        name=f"{guid}.{suffix}",
        media_type=file.media_type,
        sha256=file.sha256.hex(),
        content=_base64(file.octets),
    )


def pack(made: PackResult) -> tuple[str, types.File]:
    return made.guid, types.File(
        name=f"{made.guid}.asice",
        media_type=MEDIA_TYPE,
        sha256=made.sha256.hex(),
        content=_base64(made.octets),
    )


def outcome(record: TransactionRecord) -> tuple[str, types.Numbered, types.Numbered]:
    return record.guid, numbered(record.state), numbered(record.result)


def extension(done: Extension) -> tuple[str, str]:
    """GUID and the new end of custody."""
    return done.guid, instant(done.new_end)


def corrected(record: RecipientRecord) -> tuple[str, int, str | None]:
    """GUID, place from 1, and when it was corrected."""
    at = record.corrected_at
    return record.guid, record.position + 1, None if at is None else instant(at)


def driven(found: Driven) -> tuple[types.TransactionState, list[types.SandboxMessage]]:
    """How the sandbox transaction stands, and what would have been sent."""
    return listed(found.transaction), [_message(each) for each in found.messages]


def _message(message: SandboxMessage) -> types.SandboxMessage:
    return types.SandboxMessage(
        id=message.id,
        recipient=message.position + 1,
        channel=message.channel.value,
        address=message.address,
        text=keepable(message.text),
        kept_at=instant(message.at),
    )


def listed(record: Listed) -> types.TransactionState:
    recipients = [_recipient(each) for each in record.recipients]
    return types.TransactionState(
        guid=record.guid,
        external_id=record.external_id,
        state=numbered(record.state),
        result=numbered(record.result),
        received_at=instant(record.received_at),
        updated_at=instant(record.updated_at),
        recipients=types.RecipientStates(recipient=recipients) if recipients else None,
        sandbox=True if record.sandbox else None,
    )


def _recipient(record: ListedRecipient) -> types.RecipientStatus:
    return types.RecipientStatus(
        position=record.position + 1,
        state=record.state.value,
        result=numbered(record.result),
        decided_at=None if record.decided_at is None else instant(record.decided_at),
    )


def _event(record: EventRecord) -> types.Event:
    details = [types.Detail(name=name, value=_value(value)) for name, value in record.details]
    return types.Event(
        sequence=record.sequence,
        id=record.id,
        kind=record.kind,
        state=numbered(record.state),
        event_time=instant(record.at),
        reception_time=instant(record.recorded_at),
        recipient=None if record.position is None else record.position + 1,
        details=types.Details(detail=details) if details else None,
    )


def _document(file: DocumentFile) -> types.Document:
    return types.Document(
        id=file.document.id,
        name=file.document.name,
        media_type=file.media_type,
        sha256=file.sha256.hex(),
        content=_base64(file.octets),
        recipient=None if file.recipient is None else file.recipient + 1,
    )


def _evidence(file: EvidenceFile) -> types.Evidence:
    sealed = file.evidence.status is EvidenceStatus.SEALED
    return types.Evidence(
        id=file.evidence.id,
        event=str(file.evidence.event),
        event_time=instant(file.evidence.event_time),
        status=file.evidence.status.value,
        content=_base64(file.octets) if sealed else None,
    )


def _value(text: str) -> str:
    return keepable(text, VALUE_LIMIT)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
