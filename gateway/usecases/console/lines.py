"""From what is kept to the lines of a story: each value passes the mask that its kind asks for."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.domain.delivery import Effect
from gateway.domain.participation import role_of
from gateway.domain.parties import Identity
from gateway.domain.record import DocumentRecord, EventRecord, RecipientRecord, Task, TaskState
from gateway.domain.signing import Challenge
from gateway.domain.timeline import label
from gateway.usecases.code_audit import code_audit
from gateway.usecases.console.masking import Mask
from gateway.usecases.console.views import DocumentLine, EventLine, ReceiptLine, RecipientLine, TaskLine
from gateway.usecases.ports.console import EvidenceLine


def recipient(
    record: RecipientRecord,
    mask: Mask,
    challenges: Sequence[Challenge],
    events: Sequence[EventRecord],
    effects: Mapping[str, Effect],
    blocked: tuple[str, ...],
) -> RecipientLine:
    asked, identity = record.asked, record.asked.identity
    return RecipientLine(
        position=record.position,
        name=mask.name(asked.full_name),
        identity=_identity(identity, mask),
        identity_type=identity.type.value if identity else "",
        access_identifier=_identity(asked.access_identifier, mask),
        email=mask.email(asked.email),
        phone=mask.phone(asked.phone),
        notice_method=asked.notice_method.value,
        sign_method=record.sign_method,
        state=record.state,
        result=record.result,
        order=asked.order,
        role=role_of(asked),
        failures=record.failures,
        locked_until=record.locked_until,
        conditions_at=record.conditions_at,
        unlocked_at=record.unlocked_at,
        decided_at=record.decided_at,
        reason=mask.words(record.reason),
        codes=code_audit(record, challenges, events, effects),
        blocked=blocked,
        corrected=record.corrected_at is not None,
    )


def document(record: DocumentRecord, mask: Mask) -> DocumentLine:
    return DocumentLine(
        position=record.position,
        name=mask.file(record.name),
        media_type=record.media_type,
        size=record.size,
        pages=record.pages,
        signed=record.signed,
        original_sha256=record.original_sha256.hex(),
        stamped_sha256=record.stamped_sha256.hex() if record.stamped_sha256 else "",
    )


def timeline(
    events: Sequence[EventRecord], evidence: Sequence[EvidenceLine], mask: Mask
) -> Iterator[EventLine]:
    """In order of sequence; an evidence bears the id of its event."""
    proofs = {each.id: each for each in evidence}
    for event in events:
        proof = proofs.get(event.id)
        yield EventLine(
            sequence=event.sequence,
            label=label(event.kind, proof.event if proof else None),
            kind=event.kind,
            state=event.state,
            position=event.position,
            at=event.at,
            recorded_at=event.recorded_at,
            details=tuple((name, mask.detail(name, value)) for name, value in event.details),
            proof=proof,
        )


def receipt(effect: Effect, mask: Mask) -> ReceiptLine:
    return ReceiptLine(
        id=effect.id,
        position=effect.position,
        channel=effect.channel,
        purpose=effect.purpose,
        address=mask.address(effect.address),
        intended_at=effect.intended_at,
        outcome=effect.outcome,
        finished_at=effect.finished_at,
        reference=mask.spoken(effect.reference),
        detail=mask.spoken(effect.detail),
    )


def task(row: Task, mask: Mask) -> TaskLine:
    error = mask.spoken(row.last_error)
    return TaskLine(row.id, row.kind, row.subject, row.due_at, row.attempts, is_dead(row), error)


def is_dead(row: Task) -> bool:
    return row.state is TaskState.DEAD


def _identity(identity: Identity | None, mask: Mask) -> str:
    return mask.identity(identity.value) if identity else ""
