"""The content certificate, generated once at state 12: XML sealed like an evidence, and PDF for people."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.certificate import (
    CertificateContent,
    CertifiedDocument,
    CertifiedRecipient,
    Proof,
    TimelineEntry,
)
from gateway.domain.record import (
    CertificateRecord,
    DataKey,
    DocumentRecord,
    EventRecord,
    RecipientRecord,
    StoredEvidence,
    Task,
    TransactionRecord,
)
from gateway.domain.states import Event, State
from gateway.domain.timeline import RESULTS, label
from gateway.usecases.facts import issuer_of, issuer_party
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, Paper, Sealer, UnitOfWork, Vault

RENDERED = "CERTIFICATE_RENDERED"


@dataclass(frozen=True, slots=True)
class Certify:
    """Intent, act, proof: the rendered octets are stored and noted before anything is sealed."""

    database: Database
    vault: Vault
    paper: Paper
    sealer: Sealer
    codes: Codes
    journal: Journal
    clock: Clock
    provider: str

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None or record.state is not State.CLOSED or uow.certificates.get(task.guid):
                return False
            content, key = self._content(uow, record), uow.keys.get(task.guid)
        rendered = self._intended(record, key, content)
        certificate = self._certificate(key, content, rendered)
        with self.database.write() as uow:
            if not uow.certificates.add(certificate) or not uow.tasks.complete(task):
                return False
            uow.deposit_queue.add(
                record.guid, "certificate.xml", certificate.xml_sha256, certificate.created_at
            )
            uow.deposit_queue.add(
                record.guid, "certificate.pdf", certificate.pdf_sha256, certificate.created_at
            )
            digests = (
                ("xml_sha256", certificate.xml_sha256.hex()),
                ("pdf_sha256", certificate.pdf_sha256.hex()),
            )
            what = Happening(certificate.created_at, details=digests)
            self.journal.noted(uow, record, "CERTIFIED", what)
            uow.commit()
        return True

    def _intended(self, record: TransactionRecord, key: DataKey, content: CertificateContent) -> bytes:
        """The octets to be sealed: those that an earlier attempt stored, or these, stored now."""
        rendered = self.paper.certificate_xml(content)
        (sha256,) = self.vault.put(record.guid, key, [rendered])
        with self.database.write() as uow:
            uow.transactions.lock(record.guid)
            stored = _detail(uow.events.of(record.guid), RENDERED, "rendered_sha256")
            if stored is None:
                what = Happening(self.clock.now(), details=(("rendered_sha256", sha256.hex()),))
                self.journal.noted(uow, record, RENDERED, what)
                uow.commit()
        return rendered if stored is None else self.vault.get(record.guid, key, bytes.fromhex(stored))

    def _certificate(self, key: DataKey, content: CertificateContent, rendered: bytes) -> CertificateRecord:
        xml = self.sealer.seal(rendered).octets
        pdf = self.paper.certificate_pdf(content)
        return CertificateRecord(
            guid=content.guid,
            xml=self.vault.protect(key, xml, "certificate.xml"),
            xml_sha256=hashlib.sha256(xml).digest(),
            pdf=self.vault.protect(key, pdf, "certificate.pdf"),
            pdf_sha256=hashlib.sha256(pdf).digest(),
            created_at=self.clock.now(),
        )

    def _content(self, uow: UnitOfWork, record: TransactionRecord) -> CertificateContent:
        """Of everything up to the closing, so that every attempt says the same."""
        if record.custody_until is None:
            raise ValueError("only a closed transaction is certified")
        guid, stamp = record.guid, uow.stamps.get(record.guid)
        events, recipients = _until_closed(uow.events.of(guid)), uow.recipients.of(guid)
        accepted = _detail(events, "CONDITIONS_ACCEPTED", "conditions_sha256")
        return CertificateContent(
            guid=guid,
            external_id=record.external_id,
            service=record.service.value,
            service_title=record.profile.title,
            subject=record.subject,
            language=record.language,
            issuer=issuer_party(issuer_of(uow, record.issuer)),
            recipients=tuple(_recipient(each) for each in recipients),
            documents=tuple(_document(each) for each in uow.documents.of(guid)),
            timeline=_timeline(events, recipients, uow.evidences.of(guid)),
            result=int(record.result),
            result_text=RESULTS[record.result],
            received_at=record.received_at,
            decided_at=_moment(events, {Event.DECIDED_ALL.value, Event.CANCELLED.value}),
            closed_at=_moment(events, {Event.CLOSED.value}),
            custody_until=record.custody_until,
            verification_code=self.codes.verification_code(guid),
            conditions_sha256=bytes.fromhex(accepted) if accepted else None,
            provider=self.provider,
            digests_stamped_at=stamp.stamped_at if stamp else None,
            digests_tsa=stamp.tsa if stamp else "",
        )


def _recipient(recipient: RecipientRecord) -> CertifiedRecipient:
    asked, identity = recipient.asked, recipient.asked.identity or recipient.asked.access_identifier
    return CertifiedRecipient(
        name=asked.full_name,
        identifier_type=identity.type.value if identity else "",
        identifier=identity.value if identity else "",
        email=asked.email,
        phone=asked.phone,
        sign_method=recipient.sign_method.value,
        state=recipient.state.value,
        decided_at=recipient.decided_at,
        reason=recipient.reason,
    )


def _document(document: DocumentRecord) -> CertifiedDocument:
    return CertifiedDocument(
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        pages=document.pages,
        original_sha256=document.original_sha256,
        stamped_sha256=document.stamped_sha256,
    )


def _timeline(
    events: Sequence[EventRecord],
    recipients: Sequence[RecipientRecord],
    evidences: Sequence[StoredEvidence],
) -> tuple[TimelineEntry, ...]:
    names = {recipient.position: recipient.asked.full_name for recipient in recipients}
    proven = {evidence.id: evidence.event for evidence in evidences}
    proofs = {evidence.id: _proof(evidence) for evidence in evidences}
    return tuple(
        TimelineEntry(
            at=event.at,
            recorded_at=event.recorded_at,
            kind=event.kind,
            label=label(event.kind, proven.get(event.id)),
            recipient=names.get(event.position, "") if event.position is not None else "",
            details=event.details,
            proof=proofs.get(event.id),
        )
        for event in events
    )


def _proof(evidence: StoredEvidence) -> Proof | None:
    if evidence.sealed_sha256 is None or evidence.stamped_at is None:
        return None
    return Proof(evidence.id, evidence.event.value, evidence.sealed_sha256, evidence.stamped_at)


def _until_closed(events: Sequence[EventRecord]) -> Sequence[EventRecord]:
    closed = next(event.sequence for event in events if event.kind == Event.CLOSED.value)
    return [event for event in events if event.sequence <= closed]


def _detail(events: Sequence[EventRecord], kind: str, name: str) -> str | None:
    """The detail of the first event of a kind."""
    found = (dict(event.details).get(name) for event in events if event.kind == kind)
    return next(found, None)


def _moment(events: Sequence[EventRecord], kinds: set[str]) -> datetime:
    return next(event.at for event in reversed(events) if event.kind in kinds)
