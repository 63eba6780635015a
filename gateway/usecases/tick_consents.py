"""Consents asked for beside an acceptance: ticked before the act, and made by it.

What is ticked is an event under the data key; only the act makes it a consent, in its own unit of work.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.consents import Consent, GivenConsent, consent_details, missing
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.participation import Role, role_of
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.participation import own_events
from gateway.usecases.ports import Clock, Database, UnitOfWork
from gateway.usecases.stages import content_open
from gateway.usecases.visit import Visit, visit_of

TICKED = "CONSENTS_TICKED"
Details = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TickConsents:
    database: Database
    journal: Journal
    clock: Clock

    def __call__(self, session: Session, given: Sequence[str]) -> None:
        """Keep which are ticked until the act; ids that are not asked for are none.

        Raises GatewayError: CONSENT_MISSING, and nothing is kept; STEP_OUT_OF_ORDER before the text was
        shown, CLOSED.
        """
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            asked = asked_of(here.record, here.recipient)
            if not asked:
                return
            if not content_open(here.record, here.recipient):
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            if missing(asked, given):
                raise GatewayError(ErrorKind.CONSENT_MISSING)
            ids = tuple(each.id for each in asked if each.id in given)
            if _told(uow, here) == ids:
                return
            details = tuple((f"consent_{number}", each) for number, each in enumerate(ids, 1))
            self.journal.noted(uow, here.record, TICKED, Happening(here.at, session.position, None, details))
            uow.commit()


def asked_of(record: TransactionRecord, recipient: RecipientRecord) -> tuple[Consent, ...]:
    """What this recipient is asked; who only looks on is asked nothing."""
    return () if role_of(recipient.asked) is Role.VIEWER else record.asked.consents


def ticked(uow: UnitOfWork, here: Visit) -> frozenset[str]:
    """The ids that they ticked last; none before they were asked."""
    return frozenset(_told(uow, here) or ())


def make_consents(uow: UnitOfWork, here: Visit) -> Details:
    """The act: write those that are given into the book, and tell the evidence of every one. Tests of the
    sandbox write nothing there.

    Raises GatewayError(CONSENT_MISSING) for whoever found a way around the boxes.
    """
    asked = asked_of(here.record, here.recipient)
    if not asked:
        return ()
    given = ticked(uow, here)
    if missing(asked, given):
        raise GatewayError(ErrorKind.CONSENT_MISSING)
    identity = here.recipient.asked.identity
    if identity is not None and not here.record.sandbox:
        uow.consents.add(identity.value, [_given(here, each) for each in asked if each.id in given])
    return consent_details(asked, given)


def _given(here: Visit, consent: Consent) -> GivenConsent:
    return GivenConsent(
        issuer=here.record.issuer,
        guid=here.record.guid,
        position=here.recipient.position,
        consent=consent.id,
        purpose=consent.purpose,
        version=consent.version,
        text_sha256=consent.sha256,
        given_at=here.at,
    )


def _told(uow: UnitOfWork, here: Visit) -> tuple[str, ...] | None:
    events = own_events(uow.events.of(here.record.guid), here.recipient)
    told = [tuple(value for _, value in each.details) for each in events if each.kind == TICKED]
    return told[-1] if told else None
