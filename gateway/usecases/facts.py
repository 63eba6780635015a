"""From what is kept of a transaction to the facts that an evidence states about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent, EvidenceDocument, EvidenceFacts, EvidenceParty
from gateway.domain.parties import Issuer, Recipient
from gateway.domain.record import DataKey, DocumentRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.usecases.ports import UnitOfWork


def issuer_of(uow: UnitOfWork, number: int) -> Issuer:
    """The registered issuer; raises GatewayError(INTERNAL) when its row is gone."""
    issuer = uow.issuers.get(number)
    if issuer is None:
        raise GatewayError(ErrorKind.INTERNAL)
    return issuer


def issuer_party(issuer: Issuer) -> EvidenceParty:
    return EvidenceParty(name=issuer.name, identifier=issuer.identifier, scheme="CIF", kind="COMPANY")


def recipient_party(recipient: Recipient) -> EvidenceParty:
    identity = recipient.identity or recipient.access_identifier
    address = f"mailto:{recipient.email}" if recipient.email else f"tel:{recipient.phone}"
    return EvidenceParty(
        name=recipient.full_name,
        identifier=identity.value if identity else "",
        scheme=identity.type.value if identity else "",
        kind=recipient.kind.value,
        electronic_address=address if recipient.email or recipient.phone else "",
    )


def document_facts(document: DocumentRecord) -> EvidenceDocument:
    return EvidenceDocument(
        name=document.name,
        media_type=document.media_type,
        size=document.size,
        original_sha256=document.original_sha256,
        stamped_sha256=document.stamped_sha256,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What an evidence tells besides its event, and the key that keeps it.

    `recipients` are as they are reached now, which a correction may have changed.
    """

    issuer: Issuer
    recipients: Sequence[Recipient]
    documents: Sequence[DocumentRecord]
    key: DataKey


def known_of(uow: UnitOfWork, record: TransactionRecord) -> Known:
    """Read it from the stores; whoever has just made the transaction has it already."""
    issuer, documents = issuer_of(uow, record.issuer), uow.documents.of(record.guid)
    recipients = [each.asked for each in uow.recipients.of(record.guid)]
    return Known(issuer, recipients, documents, uow.keys.get(record.guid))


def facts_of(
    record: TransactionRecord,
    known: Known,
    event: ErdsEvent,
    at: datetime,
    position: int | None,
    details: tuple[tuple[str, str], ...],
    evidence_id: str,
) -> EvidenceFacts:
    """The facts of one event; its evidence bears the event's own id."""
    return EvidenceFacts(
        evidence_id=evidence_id,
        event=event,
        event_time=at,
        guid=record.guid,
        external_id=record.external_id,
        service=record.service.value,
        issuer=issuer_party(known.issuer),
        recipients=tuple(recipient_party(recipient) for recipient in known.recipients),
        documents=tuple(document_facts(document) for document in known.documents),
        submitted_at=record.received_at,
        refers_to=position,
        result=None if record.result is Result.PENDING else int(record.result),
        details=details,
        sandbox=record.sandbox,
    )
