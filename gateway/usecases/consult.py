"""State 7: the recipient accepts the general conditions and is shown the documents."""

import hashlib
from dataclasses import dataclass, replace

from gateway.domain.catalogue import Act
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import DocumentRecord, RecipientRecord, TransactionRecord
from gateway.domain.results import RecipientState
from gateway.domain.states import Event
from gateway.usecases.commands import Session
from gateway.usecases.decide import has_read
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.participation import chosen_groups, documents_for
from gateway.usecases.ports import Clock, Conditions, Database, UnitOfWork, Vault
from gateway.usecases.queries import stamped_file
from gateway.usecases.results import ConditionsView, DocumentFile, PortalView
from gateway.usecases.shown import count_downloaded
from gateway.usecases.stages import content_open, stage_of
from gateway.usecases.tick_consents import asked_of, ticked
from gateway.usecases.visit import Visit, visit_of


@dataclass(frozen=True, slots=True)
class Consult:
    database: Database
    vault: Vault
    conditions: Conditions
    journal: Journal
    clock: Clock

    def view(self, session: Session) -> PortalView:
        """What the next page shows. Raises GatewayError(CLOSED)."""
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            return PortalView(
                stage=stage_of(here.record, here.recipient),
                record=here.record,
                recipient=here.recipient,
                issuer=issuer_of(uow, here.record.issuer),
                documents=self._documents(uow, here) if _may_be_named(here) else (),
                service_title=here.record.profile.title,
                chosen=chosen_groups(uow.events.of(session.guid), here.recipient),
                consents=asked_of(here.record, here.recipient),
                ticked=ticked(uow, here) if here.record.asked.consents else frozenset(),
            )

    def accept_conditions(self, session: Session, shown: str | None = None) -> None:
        """Keep these very conditions beside the documents, and that they were accepted, once.

        `shown` is the mark of those that were on the page, None where there was no page. Raises
        GatewayError(CONDITIONS_CHANGED) when others are in force: nobody accepts what they did not see.
        """
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            if here.recipient.conditions_at:
                return
            language, key = here.record.language, uow.keys.get(session.guid)
        if shown is not None and shown != self._conditions(language).mark:
            raise GatewayError(ErrorKind.CONDITIONS_CHANGED)
        (sha256,) = self.vault.put(session.guid, key, [self.conditions.pdf(language)])
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            if here.recipient.conditions_at:
                return
            details = (
                ("conditions_version", self.conditions.version),
                ("conditions_sha256", sha256.hex()),
                ("language", language),
            )
            here.after(uow, replace(here.recipient, conditions_at=here.at))
            what = Happening(here.at, session.position, details=details)
            self.journal.noted(uow, here.record, "CONDITIONS_ACCEPTED", what)
            uow.commit()

    def conditions_shown(self, session: Session) -> ConditionsView:
        """Those in force, in the language of the transaction."""
        return self._conditions(self.view(session).record.language)

    def conditions_pdf(self, session: Session) -> bytes:
        return self.conditions.pdf(self.view(session).record.language)

    def show_documents(self, session: Session) -> None:
        """The documents' page was shown: the first time it is state 7, with its evidence."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            require_documents(here.record, here.recipient)
            if consulted(uow, self.journal, here) is not here:
                uow.commit()

    def read_document(self, session: Session, position: int) -> DocumentFile:
        """The stamped document, octets; its first handing over is evidence, each one is an event."""
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            require_documents(here.record, here.recipient)
            documents = {document.position: document for document in self._documents(uow, here)}
            if position not in documents:
                raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
            key = uow.keys.get(session.guid)
        file = stamped_file(self.vault, documents[position], key)
        self._handed_over(session, file)
        return file

    def _conditions(self, language: str) -> ConditionsView:
        sha256 = hashlib.sha256(self.conditions.pdf(language)).hexdigest()
        return ConditionsView(self.conditions.version, sha256, self.conditions.text(language))

    def _documents(self, uow: UnitOfWork, here: Visit) -> tuple[DocumentRecord, ...]:
        documents = uow.documents.of(here.record.guid)
        return documents_for(here.record.asked, here.recipient.asked, documents)

    def _handed_over(self, session: Session, file: DocumentFile) -> None:
        details = (("document", str(file.document.position + 1)), ("sha256", file.sha256.hex()))
        with self.database.write() as uow:
            here = consulted(uow, self.journal, visit_of(uow, session, self.clock))
            before = uow.events.of(session.guid)
            since = here.recipient.corrected_at
            first = not any(
                event.kind == "DOCUMENT_READ"
                and event.position == session.position
                and event.details == details
                and (since is None or event.at >= since)
                for event in before
            )
            evidence = ErdsEvent.CONTENT_HANDOVER if first else None
            what = Happening(here.at, session.position, evidence, details)
            self.journal.noted(uow, here.record, "DOCUMENT_READ", what)
            count_downloaded(uow, here, file.document)
            uow.commit()


def consulted(uow: UnitOfWork, journal: Journal, here: Visit) -> Visit:
    """State 7 the first time that this recipient is shown, or downloads, anything.

    Whoever acknowledged first is further already: then it is told, and moves nothing back.
    """
    what = Happening(here.at, here.recipient.position)
    if here.recipient.acknowledged_at is not None and not has_read(uow, here):
        return replace(here, record=journal.moved(uow, here.record, Event.CONSULTED, what))
    if here.recipient.state is not RecipientState.ACCESSED:
        return here
    here = here.after(uow, replace(here.recipient, state=RecipientState.CONSULTED))
    return replace(here, record=journal.moved(uow, here.record, Event.CONSULTED, what))


def _may_be_named(here: Visit) -> bool:
    """Of a notification not even the documents' names are shown before it is accepted."""
    return here.record.profile.act is not Act.ACKNOWLEDGE or content_open(here.record, here.recipient)


def require_documents(record: TransactionRecord, recipient: RecipientRecord) -> None:
    if not content_open(record, recipient):
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
