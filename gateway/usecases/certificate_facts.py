"""What a certificate states of a closed transaction, gathered from the rows; nothing is written or sealed.

Only what happened up to the closing is looked at, so that every attempt says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.certificate import (
    CertificateContent,
    CertifiedCopy,
    CertifiedDocument,
    CertifiedRecipient,
    Proof,
    TimelineEntry,
)
from gateway.domain.documents import Document
from gateway.domain.record import (
    DocumentRecord,
    EventRecord,
    EvidenceStatus,
    RecipientRecord,
    SignedFile,
    StoredEvidence,
    TransactionRecord,
)
from gateway.domain.states import Event
from gateway.domain.timeline import RESULTS, label
from gateway.usecases.code_audit import code_audit
from gateway.usecases.facts import issuer_of, issuer_party
from gateway.usecases.participation import documents_for, role_of
from gateway.usecases.ports import Codes, UnitOfWork


@dataclass(frozen=True, slots=True)
class Proven:
    """The content, and the sealed evidence behind its timeline, in its order, by its proofs' files."""

    content: CertificateContent
    evidence: tuple[tuple[Proof, StoredEvidence], ...]


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`base_url` is the public address of the gateway, `provider` who certifies."""

    codes: Codes
    provider: str
    base_url: str

    def __call__(self, uow: UnitOfWork, record: TransactionRecord) -> Proven:
        """Raises ValueError for a transaction that is not closed."""
        if record.custody_until is None:
            raise ValueError("only a closed transaction is certified")
        guid, stamp = record.guid, uow.stamps.get(record.guid)
        events = until_closed(uow.events.of(guid))
        evidence = _numbered(events, uow.evidences.of(guid))
        code = self.codes.verification_code(guid)
        accepted = first_detail(events, "CONDITIONS_ACCEPTED", "conditions_sha256")
        content = CertificateContent(
            guid=guid,
            external_id=record.external_id,
            service=record.service.value,
            service_title=record.profile.title,
            subject=record.subject,
            language=record.language,
            issuer=issuer_party(issuer_of(uow, record.issuer)),
            recipients=_recipients(uow, record, events),
            documents=_documents(uow, record),
            timeline=_timeline(events, uow.recipients.of(guid), evidence),
            result=int(record.result),
            result_text=RESULTS[record.result],
            received_at=record.received_at,
            decided_at=_moment(events, {Event.DECIDED_ALL.value, Event.CANCELLED.value}),
            closed_at=_moment(events, {Event.CLOSED.value}),
            custody_until=record.custody_until,
            verification_code=code,
            conditions_sha256=bytes.fromhex(accepted) if accepted else None,
            provider=self.provider,
            digests_stamped_at=stamp.stamped_at if stamp else None,
            digests_tsa=stamp.tsa if stamp else "",
            sandbox=record.sandbox,
            verification_address=f"{self.base_url.rstrip('/')}/verify?guid={guid}&code={code}",
        )
        return Proven(content, tuple(evidence.values()))


def until_closed(events: Sequence[EventRecord]) -> Sequence[EventRecord]:
    closed = next(event.sequence for event in events if event.kind == Event.CLOSED.value)
    return [event for event in events if event.sequence <= closed]


def first_detail(events: Sequence[EventRecord], kind: str, name: str) -> str | None:
    """The detail of the first event of a kind."""
    found = (dict(event.details).get(name) for event in events if event.kind == kind)
    return next(found, None)


def _recipients(
    uow: UnitOfWork, record: TransactionRecord, events: Sequence[EventRecord]
) -> tuple[CertifiedRecipient, ...]:
    guid, documents = record.guid, uow.documents.of(record.guid)
    ruled = any(recipient.rules for recipient in record.asked.recipients)
    effects = {effect.id: effect for effect in uow.effects.of(guid)}
    found = []
    for recipient in uow.recipients.of(guid):
        asked, identity = recipient.asked, recipient.asked.identity or recipient.asked.access_identifier
        codes = uow.challenges.of(guid, recipient.position)
        person = CertifiedRecipient(
            name=asked.full_name,
            identifier_type=identity.type.value if identity else "",
            identifier=identity.value if identity else "",
            email=asked.email,
            phone=asked.phone,
            # Where no act is asked for there is no method.
            sign_method=recipient.sign_method.value if record.profile.codes else "",
            state=recipient.state.value,
            decided_at=recipient.decided_at,
            reason=recipient.reason,
            codes=code_audit(recipient, codes, events, effects),
            role=role_of(asked).value if ruled else "",
            places=tuple(each.position + 1 for each in documents_for(record.asked, asked, documents))
            if ruled
            else (),
        )
        found.append(person)
    return tuple(found)


def _documents(uow: UnitOfWork, record: TransactionRecord) -> tuple[CertifiedDocument, ...]:
    guid, asked = record.guid, record.asked.documents
    names = {recipient.position: recipient.asked.full_name for recipient in uow.recipients.of(guid)}
    signed = uow.signed_files.of(guid)
    return tuple(
        _document(
            each,
            asked[each.position],
            tuple(_copy(copy, names) for copy in signed if copy.document == each.position),
        )
        for each in uow.documents.of(guid)
    )


def _copy(signed: SignedFile, names: Mapping[int, str]) -> CertifiedCopy:
    return CertifiedCopy(names[signed.recipient], signed.kind.value, signed.sha256, signed.created_at)


def _document(
    document: DocumentRecord, asked: Document, signed: tuple[CertifiedCopy, ...]
) -> CertifiedDocument:
    return CertifiedDocument(
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        pages=document.pages,
        original_sha256=document.original_sha256,
        stamped_sha256=document.stamped_sha256,
        signed=signed,
        milliseconds=asked.milliseconds,
        call=asked.call,
        composed=asked.composed,
    )


def _numbered(
    events: Sequence[EventRecord], evidences: Sequence[StoredEvidence]
) -> dict[str, tuple[Proof, StoredEvidence]]:
    """The sealed evidence of these events by id, which is the event's, in the events' order."""
    sealed = {evidence.id: evidence for evidence in evidences if evidence.status is EvidenceStatus.SEALED}
    in_order = [sealed[event.id] for event in events if event.id in sealed]
    return {each.id: (_proof(number, each), each) for number, each in enumerate(in_order, 1)}


def _proof(number: int, evidence: StoredEvidence) -> Proof:
    if evidence.sealed_sha256 is None or evidence.stamped_at is None:
        raise ValueError("a sealed evidence has a digest and a time")
    name = evidence.event.value.replace("/", ":").rpartition(":")[2]
    return Proof(
        evidence_id=evidence.id,
        event=evidence.event.value,
        sha256=evidence.sealed_sha256,
        stamped_at=evidence.stamped_at,
        file=f"evidence-{number:02}-{name}.xml",
    )


def _timeline(
    events: Sequence[EventRecord],
    recipients: Sequence[RecipientRecord],
    evidence: dict[str, tuple[Proof, StoredEvidence]],
) -> tuple[TimelineEntry, ...]:
    names = {recipient.position: recipient.asked.full_name for recipient in recipients}
    entries = []
    for event in events:
        proof, stored = evidence.get(event.id, (None, None))
        entry = TimelineEntry(
            at=event.at,
            recorded_at=event.recorded_at,
            kind=event.kind,
            label=label(event.kind, stored.event if stored else None),
            recipient=names.get(event.position, "") if event.position is not None else "",
            details=event.details,
            proof=proof,
        )
        entries.append(entry)
    return tuple(entries)


def _moment(events: Sequence[EventRecord], kinds: set[str]) -> datetime:
    return next(event.at for event in reversed(events) if event.kind in kinds)
