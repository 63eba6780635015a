"""What anybody sees of a publication within its period; each access is kept before it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from gateway.domain.catalogue import Act, Decision
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.publication import PublicVisit, VisitKind
from gateway.domain.record import DocumentRecord, TransactionRecord
from gateway.domain.wording import keepable
from gateway.usecases.facts import issuer_of
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault
from gateway.usecases.queries import stamped_file
from gateway.usecases.results import DocumentFile

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Whoever asks: their network address and what their browser calls itself."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class PublicView:
    """`acceptable` says whether anybody may accept what is published."""

    record: TransactionRecord
    issuer: Issuer
    documents: Sequence[DocumentRecord]
    published_at: datetime
    acceptable: bool


@dataclass(frozen=True, slots=True)
class ViewPublication:
    database: Database
    vault: Vault
    clock: Clock

    def page(self, guid: str, who: Onlooker) -> PublicView:
        """Raises GatewayError: PUBLICATION_NOT_FOUND, CLOSED from the period's end on."""
        with self.database.write() as uow:
            record, published_at = public(uow, guid, self.clock.now())
            documents, issuer = uow.documents.of(guid), issuer_of(uow, record.issuer)
            keep(uow, guid, VisitKind.PAGE, self.clock.now(), who)
            uow.commit()
        acceptable = record.profile.act is Act.ACCEPT
        return PublicView(record, issuer, documents, published_at, acceptable)

    def document(self, guid: str, number: int, who: Onlooker) -> DocumentFile:
        """The stamped document, by its number from 1. Raises as `page`, and DOCUMENT_NOT_FOUND."""
        with self.database.read() as uow:
            public(uow, guid, self.clock.now())
            documents = {document.position + 1: document for document in uow.documents.of(guid)}
            if number not in documents:
                raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
            key = uow.keys.get(guid)
        file = stamped_file(self.vault, documents[number], key)
        with self.database.write() as uow:
            public(uow, guid, self.clock.now())
            keep(uow, guid, VisitKind.DOCUMENT, self.clock.now(), who, number - 1)
            uow.commit()
        return file


def public(uow: UnitOfWork, guid: str, now: datetime) -> tuple[TransactionRecord, datetime]:
    """The publication, and since when it is public. Its GUID may be known before: it is not found until then.

    The row is not locked: the period's end comes later than `close_at` by the permitted clock offset.
    """
    record = uow.transactions.get(guid)
    published = uow.publications.get(guid) if record else None
    if record is None or record.profile.decision is not Decision.PERIOD_END or published is None:
        raise GatewayError(ErrorKind.PUBLICATION_NOT_FOUND)
    if record.state.closed_to_access or now >= record.close_at:
        raise GatewayError(ErrorKind.CLOSED)
    return record, published.published_at


def keep(
    uow: UnitOfWork, guid: str, kind: VisitKind, now: datetime, who: Onlooker, document: int | None = None
) -> None:
    agent, address = keepable(who.agent, LONGEST), keepable(who.address, LONGEST)
    uow.publications.visit(PublicVisit(str(uuid4()), guid, kind, now, address, agent, document))
