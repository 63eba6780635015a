"""A stranger got the message: "this is not me". They need no identifier, and nothing of theirs is asked.

No further message of this transaction reaches that contact; the process goes on, and the issuer, who is told,
may correct the contact. Only the page's form counts: a robot that follows links reports nothing.
"""

from dataclasses import dataclass

from gateway.domain.contact import KIND_OF, ContactKind, masked_email, masked_phone
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import RecipientRecord
from gateway.usecases.door_limits import DoorPolicy, Tried, demand, failed
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_series import CHANNELS
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork, Wake
from gateway.usecases.reports.notices import notices
from gateway.usecases.visit import visit

BY = "stranger"


@dataclass(frozen=True, slots=True)
class ReportStranger:
    database: Database
    codes: Codes
    journal: Journal
    policy: DoorPolicy
    clock: Clock
    wake: Wake

    def __call__(self, token: str, address: str) -> bool:
        """False when it was reported before. Raises GatewayError: ACCESS_DENIED, CLOSED,
        TOO_MANY_ATTEMPTS, and CONTACT_NOT_REPORTABLE where no message was sent to anybody."""
        with self.database.write() as uow:
            found = uow.recipients.by_link(self.codes.token_digest(token))
            if found is None:
                raise GatewayError(ErrorKind.ACCESS_DENIED)
            here = visit(uow, found.guid, found.position, self.clock)
            # Who reports one after the other has many people's links: it costs as wrong identifiers do.
            tried = Tried(address=address)
            demand(uow, self.policy, tried, here.at)
            contacts = contacts_of(uow, here.recipient)
            if not contacts:
                raise GatewayError(ErrorKind.CONTACT_NOT_REPORTABLE)
            blocked = [
                (kind, contact)
                for kind, contact in contacts
                if uow.blocks.add(kind, contact, here.record.guid, BY, here.at)
            ]
            if not blocked:
                return False
            failed(uow, self.policy, tried, here.at)
            details = (*(("contact", masked(*each)) for each in blocked), ("scope", "TRANSACTION"))
            what = Happening(here.at, here.recipient.position, ErdsEvent.CONTACT_BLOCKED, details)
            self.journal.noted(uow, here.record, "STRANGER_REPORTED", what)
            uow.commit()
        self.wake()
        return True


def contacts_of(uow: UnitOfWork, recipient: RecipientRecord) -> list[tuple[ContactKind, str]]:
    """Where this recipient's notices went, those of a circuit among them."""
    asked = recipient.asked
    address = {ContactKind.EMAIL: asked.email, ContactKind.PHONE: asked.phone}
    channels = (*CHANNELS[asked.notice_method], *(each.channel for each in notices(uow, recipient)))
    kinds = dict.fromkeys(KIND_OF[channel] for channel in channels if channel in KIND_OF)
    return [(kind, address[kind]) for kind in kinds if address[kind]]


def masked(kind: ContactKind, contact: str) -> str:
    return masked_phone(contact) if kind is ContactKind.PHONE else masked_email(contact)
