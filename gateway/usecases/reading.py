"""What a recipient does with documents besides their act: tick the optional ones, and say that they read.

Whoever only reads ends by saying so, after opening what is mandatory; it decides nothing for the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.catalogue import Act
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.participation import Role, optional_groups, role_of
from gateway.domain.results import RecipientState, Result
from gateway.usecases.commands import Session
from gateway.usecases.decide import Outcome, settle
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.participation import CHOSEN, acted_on, chosen_groups, documents_for, unread
from gateway.usecases.ports import Clock, Database, UnitOfWork, Wake
from gateway.usecases.stages import content_open
from gateway.usecases.visit import Visit, visit_of


@dataclass(frozen=True, slots=True)
class ChooseDocuments:
    database: Database
    journal: Journal
    clock: Clock

    def __call__(self, session: Session, groups: Sequence[str]) -> None:
        """Keep which optional groups are ticked; the act is about them and what is mandatory.

        Groups that are not theirs to tick are none. Raises GatewayError: NOTHING_CHOSEN, STEP_OUT_OF_ORDER
        before the documents were shown, CLOSED.
        """
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            theirs = optional_groups(here.recipient.asked)
            if not theirs:
                return
            if not content_open(here.record, here.recipient):
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            ticked = [group for group in theirs if group in groups]
            if set(ticked) != chosen_groups(uow.events.of(session.guid), here.recipient):
                details = tuple((f"group_{number}", group) for number, group in enumerate(ticked, 1))
                self.journal.noted(
                    uow, here.record, CHOSEN, Happening(here.at, session.position, None, details)
                )
            acted_on(uow, here)
            uow.commit()


@dataclass(frozen=True, slots=True)
class ConfirmReading:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(self, session: Session) -> str:
        """End whoever only reads; returns the issuer's return URL.

        Raises GatewayError: READ_FIRST while a mandatory document was not opened, STEP_OUT_OF_ORDER for who
        signs or accepts and where nobody does, CLOSED.
        """
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            viewer = role_of(here.recipient.asked) is Role.VIEWER and here.record.profile.act is not Act.NONE
            if not viewer or not content_open(here.record, here.recipient):
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            if unread(uow, here):
                raise GatewayError(ErrorKind.READ_FIRST)
            read = Outcome(
                RecipientState.ACCEPTED, Result.COMPLETED, ErdsEvent.READ, details=_read_by(uow, here)
            )
            settle(uow, self.journal, here, read)
            uow.commit()
        self.wake()
        return here.record.asked.return_url


def _read_by(uow: UnitOfWork, here: Visit) -> tuple[tuple[str, str], ...]:
    documents = documents_for(here.record.asked, here.recipient.asked, uow.documents.of(here.record.guid))
    return tuple(
        (f"read_document_{each.position + 1}", each.stamped_sha256.hex())
        for each in documents
        if each.stamped_sha256 is not None
    )
