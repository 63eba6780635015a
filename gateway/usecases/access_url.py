"""GetAccessUrl: a one-time, short-lived link, by which an issuer shows the portal in its own web.

Whoever opens it is where the notice's link leads: at the door, where the identifier is still asked for. A GET
only shows a button; what a scanner fetches uses nothing up. The ticket is kept as a digest alone.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.access_ticket import AccessTicket
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.participation import turn_of
from gateway.domain.parties import Issuer
from gateway.domain.states import State
from gateway.usecases.commands import Reference
from gateway.usecases.desk.reach import open_recipient, own_guid
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork
from gateway.usecases.visit import Visit, visit

TICKET_OCTETS = 32


@dataclass(frozen=True, slots=True)
class AccessUrl:
    """`position` is 0-based."""

    guid: str
    position: int
    url: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class TicketView:
    """What the ticket alone shows: no personal data. `origins` may show it in a frame."""

    issuer_name: str
    language: str
    test: bool
    origins: Sequence[str]


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The token of the recipient's own link, and where the portal leads in the end ("": as was asked)."""

    token: str
    return_url: str


@dataclass(frozen=True, slots=True)
class GetAccessUrl:
    database: Database
    codes: Codes
    journal: Journal
    clock: Clock
    base_url: str
    life: timedelta

    def __call__(self, issuer: Issuer, reference: Reference, position: int, return_url: str) -> AccessUrl:
        """Raises GatewayError: NOT_FOUND, PURGED, CLOSED, RECIPIENT_NOT_FOUND, RECIPIENT_DECIDED;
        STEP_OUT_OF_ORDER before the digests are sealed, before `send_at` or before the recipient's turn."""
        token = secrets.token_urlsafe(TICKET_OCTETS)
        with self.database.write() as uow:
            guid = own_guid(uow, self.codes.external_mark, issuer, reference)
            here = open_recipient(uow, guid, position, self.clock)
            early = here.record.state < State.SEALED or here.at < here.record.start_at
            if early or here.recipient.asked.order > turn_of(here.recipients):
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            here, until = self._bound(uow, here), min(here.at + self.life, here.record.close_at)
            version = here.recipient.link_version
            digest = self.codes.token_digest(token)
            uow.access_tickets.add(AccessTicket(digest, guid, position, version, here.at, until, return_url))
            what = Happening(here.at, position, details=(("valid_until", until.isoformat()),))
            self.journal.noted(uow, here.record, "ACCESS_URL_GIVEN", what)
            uow.commit()
        return AccessUrl(guid, position, f"{self.base_url}/e/{token}", until)

    def _bound(self, uow: UnitOfWork, here: Visit) -> Visit:
        """The recipient's own link exists from now on, if no notice has made it."""
        recipient = here.recipient
        token = self.codes.link_token(recipient.guid, recipient.position, recipient.link_version)
        digest = self.codes.token_digest(token)
        same = recipient.link_digest == digest
        return here if same else here.after(uow, replace(recipient, link_digest=digest))


@dataclass(frozen=True, slots=True)
class UseAccessUrl:
    database: Database
    codes: Codes
    journal: Journal
    clock: Clock

    def look(self, ticket: str) -> TicketView:
        """Changes nothing. Raises GatewayError: TICKET_INVALID, CLOSED."""
        with self.database.read() as uow:
            here = self._here(uow, ticket, lock=False)
            issuer = issuer_of(uow, here.record.issuer)
            origins = tuple(uow.origins.of(issuer.number))
        return TicketView(issuer.name, here.record.language, here.record.sandbox, origins)

    def redeem(self, ticket: str) -> Redeemed:
        """Once. Raises GatewayError: TICKET_INVALID, CLOSED."""
        with self.database.write() as uow:
            here = self._here(uow, ticket, lock=True)
            digest = self.codes.token_digest(ticket)
            kept = uow.access_tickets.get(digest)
            if kept is None or not uow.access_tickets.redeem(digest, here.at):
                raise GatewayError(ErrorKind.TICKET_INVALID)
            self.journal.noted(
                uow, here.record, "ACCESS_URL_USED", Happening(here.at, here.recipient.position)
            )
            uow.commit()
        recipient = here.recipient
        token = self.codes.link_token(recipient.guid, recipient.position, recipient.link_version)
        return Redeemed(token, kept.return_url)

    def origins(self, token: str) -> Sequence[str]:
        """Whose pages may show this link's in a frame; none for an unknown link."""
        with self.database.read() as uow:
            found = uow.recipients.by_link(self.codes.token_digest(token))
            record = uow.transactions.get(found.guid) if found else None
            return () if record is None else tuple(uow.origins.of(record.issuer))

    def _here(self, uow: UnitOfWork, ticket: str, *, lock: bool) -> Visit:
        """Unknown, used, over and corrected away are one refusal."""
        kept = uow.access_tickets.get(self.codes.token_digest(ticket))
        if kept is None or kept.used_at is not None:
            raise GatewayError(ErrorKind.TICKET_INVALID)
        here = visit(uow, kept.guid, kept.position, self.clock, lock=lock)
        if here.at >= kept.valid_until or here.recipient.link_version != kept.link_version:
            raise GatewayError(ErrorKind.TICKET_INVALID)
        return here
