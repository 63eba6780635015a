"""What an employee does for a customer: find the process, hand the tablet over, or send the link, and watch.

They act for their own issuer alone, and never for the customer: what is signed is signed by the customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import EventRecord, TransactionRecord
from gateway.domain.staff import Permission, Person
from gateway.domain.states import State
from gateway.domain.transaction import SigningChannel
from gateway.usecases.commands import Reference
from gateway.usecases.desk.again import again
from gateway.usecases.desk.reach import open_recipient
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, ExternalMark, UnitOfWork, Wake
from gateway.usecases.queries import own
from gateway.usecases.results import Status
from gateway.usecases.visit import visit

SERVED = frozenset({SigningChannel.POINT_OF_SALE, SigningChannel.CALL_CENTER})


@dataclass(frozen=True, slots=True)
class Served:
    """A process as the employee follows it."""

    status: Status
    events: Sequence[EventRecord]


@dataclass(frozen=True, slots=True)
class ServeCustomers:
    database: Database
    codes: Codes
    journal: Journal
    clock: Clock
    wake: Wake
    mark: ExternalMark

    def find(self, person: Person, text: str) -> str:
        """The GUID of the process with this GUID or external id. Raises GatewayError: ACCESS_DENIED,
        NOT_FOUND (also for another issuer's, and for what is signed elsewhere), PURGED."""
        reference = Reference(guid=text) if text.endswith(".par") else Reference(external_id=text)
        with self.database.read() as uow:
            return self._own(uow, person, reference).guid

    def follow(self, person: Person, guid: str) -> Served:
        """Raises as `find`."""
        with self.database.read() as uow:
            record = self._own(uow, person, Reference(guid))
            recipients, events = tuple(uow.recipients.of(guid)), uow.events.of(guid)
        return Served(Status(record, recipients), events)

    def hand_over(self, person: Person, guid: str, position: int) -> tuple[str, str]:
        """The tablet is the customer's now: the hand-over's id, and the token of their access link.

        Raises as `find`, and GatewayError: STEP_OUT_OF_ORDER elsewhere than at a point of sale or before the
        documents are sealed, NOT_YOUR_TURN, CLOSED.
        """
        with self.database.write() as uow:
            record = self._own(uow, person, Reference(guid))
            here = visit(uow, guid, position, self.clock)
            if record.asked.channel is not SigningChannel.POINT_OF_SALE or record.state < State.SEALED:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            recipient, handed = here.recipient, str(uuid4())
            token = self.codes.link_token(guid, position, recipient.link_version)
            digest = self.codes.token_digest(token)
            if recipient.link_digest != digest:
                here = here.after(uow, replace(recipient, link_digest=digest))
            details = (("handed_over", handed), *_employee(person))
            self.journal.noted(uow, here.record, "HANDED_OVER", Happening(here.at, position, details=details))
            uow.commit()
        return handed, token

    def derive(self, person: Person, guid: str, position: int) -> None:
        """Send the customer, who is on the telephone, the link to the web once more.

        Raises as `find`, and GatewayError: STEP_OUT_OF_ORDER, RECIPIENT_DECIDED, CLOSED.
        """
        with self.database.write() as uow:
            record = self._own(uow, person, Reference(guid))
            if record.asked.channel is not SigningChannel.CALL_CENTER:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            here = open_recipient(uow, guid, position, self.clock)
            again(uow, self.journal, here, "DERIVED_TO_WEB", _employee(person))
            uow.commit()
        self.wake()

    def _own(self, uow: UnitOfWork, person: Person, reference: Reference) -> TransactionRecord:
        record = own(uow, self.mark, _issuer(uow, person), reference)
        if record.asked.channel not in SERVED:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return record


def _issuer(uow: UnitOfWork, person: Person) -> Issuer:
    """The active issuer whose employee it is. Raises GatewayError(ACCESS_DENIED)."""
    issuer = None if person.issuer is None else uow.issuers.get(person.issuer)
    if not person.may(Permission.SERVE) or issuer is None or not issuer.active:
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    return issuer


def _employee(person: Person) -> tuple[tuple[str, str], ...]:
    return (("employee", person.login), ("employee_name", person.name))
