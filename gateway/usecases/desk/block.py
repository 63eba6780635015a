"""A stranger complains: no message reaches their telephone or address any more, of whichever transaction.

What is blocked is a keyed hash. It is obeyed where messages leave (`Deliver`), by every channel that there is
and will be; what is on its way already cannot be called back.
"""

from dataclasses import dataclass

from gateway.domain.contact import Contact, ContactKind, masked_email, masked_phone, normal
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.staff import Acting, Permission
from gateway.domain.states import State
from gateway.usecases.desk import staff
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database, UnitOfWork, Wake
from gateway.usecases.visit import find


@dataclass(frozen=True, slots=True)
class BlockContact:
    """Of a transaction in any state: strangers complain late."""

    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(
        self, acting: Acting, guid: str, position: int, kind: ContactKind, *, everywhere: bool = True
    ) -> bool:
        """Block the recipient's telephone or e-mail; False when it is already.

        Everywhere, or in this transaction only. Raises GatewayError: ACCESS_DENIED, NOT_FOUND,
        RECIPIENT_NOT_FOUND, CONTACT_INVALID where the recipient has no such contact.
        """
        return self._change(acting, guid, position, kind, everywhere=everywhere, block=True)

    def unblock(
        self,
        acting: Acting,
        guid: str,
        position: int,
        kind: ContactKind,
        *,
        everywhere: bool = True,
        former: str = "",
    ) -> bool:
        """Allow messages again; False when there is no such block.

        `former` is what the recipient was reached by before it was corrected; empty: the present contact.
        """
        return self._change(acting, guid, position, kind, everywhere=everywhere, block=False, former=former)

    def blocked(self, guid: str, position: int, kind: ContactKind) -> bool:
        with self.database.read() as uow:
            return uow.blocks.blocked(kind, contact_of(_recipient(uow, guid, position), kind), guid)

    def _change(
        self,
        acting: Acting,
        guid: str,
        position: int,
        kind: ContactKind,
        *,
        everywhere: bool,
        block: bool,
        former: str = "",
    ) -> bool:
        staff.demand(acting, Permission.ACT)
        with self.database.write() as uow:
            record = uow.transactions.lock(guid)
            if record is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            recipient = _recipient(uow, guid, position)
            contact = _spelt(former, kind) if former else contact_of(recipient, kind)
            if not self.within(
                uow, record, acting, position, kind, contact, everywhere=everywhere, block=block
            ):
                return False
            uow.commit()
        self.wake()
        return True

    def within(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        acting: Acting,
        position: int,
        kind: ContactKind,
        contact: str,
        *,
        everywhere: bool = True,
        block: bool = True,
    ) -> bool:
        """As part of what a caller commits, who has asked whether the person may."""
        change = uow.blocks.add if block else uow.blocks.release
        where = "" if everywhere else record.guid
        if not change(kind, contact, where, staff.who(acting), self.clock.now()):
            return False
        self._note(uow, record, acting, position, kind, contact, everywhere=everywhere, block=block)
        scope = "everywhere" if everywhere else "here"
        action = "contact-blocked" if block else "contact-unblocked"
        staff.audit(uow, acting, action, f"{record.guid}:{position + 1}:{kind.value}:{scope}")
        return True

    def _note(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        acting: Acting,
        position: int,
        kind: ContactKind,
        contact: str,
        *,
        everywhere: bool,
        block: bool,
    ) -> None:
        """An event, with evidence while the transaction is open: what was certified stays as it was."""
        mask = masked_phone if kind is ContactKind.PHONE else masked_email
        details = (
            ("contact", mask(contact)),
            ("scope", "EVERYWHERE" if everywhere else "TRANSACTION"),
            *staff.told(acting),
        )
        evidence = ErdsEvent.CONTACT_BLOCKED if block and record.state < State.DECIDED else None
        what = Happening(self.clock.now(), position, evidence, details)
        self.journal.noted(uow, record, "CONTACT_BLOCKED" if block else "CONTACT_UNBLOCKED", what)


def contact_of(recipient: RecipientRecord, kind: ContactKind) -> str:
    """Raises GatewayError(CONTACT_INVALID) when the recipient has none of that kind."""
    contact = recipient.asked.phone if kind is ContactKind.PHONE else recipient.asked.email
    if not contact:
        raise GatewayError(ErrorKind.CONTACT_INVALID, "the recipient has no such contact")
    return contact


def _spelt(contact: str, kind: ContactKind) -> str:
    """As it is kept. Raises GatewayError(CONTACT_INVALID)."""
    if kind is ContactKind.PHONE:
        return normal(Contact(phone=contact)).phone
    return normal(Contact(email=contact)).email


def _recipient(uow: UnitOfWork, guid: str, position: int) -> RecipientRecord:
    try:
        return find(uow.recipients.of(guid), position)
    except GatewayError:
        raise GatewayError(ErrorKind.RECIPIENT_NOT_FOUND) from None
