"""A recipient's contact is corrected: the notice goes out anew, and whatever the former contact holds dies.

State never moves back. The former link, sessions and codes are void, and what was done with them (conditions,
opening of the documents) is to be done again; both contacts are in evidence, the former one masked, because
it may be a stranger's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.domain.contact import Contact, ContactKind, masked_email, masked_phone, normal
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.parties import Issuer, Recipient
from gateway.domain.record import RecipientRecord
from gateway.domain.results import RecipientState
from gateway.domain.signing import ChallengeState
from gateway.domain.staff import Acting, Permission
from gateway.usecases.circuits.begin import begin
from gateway.usecases.commands import Reference
from gateway.usecases.conclude import concludes
from gateway.usecases.desk import staff
from gateway.usecases.desk.block import BlockContact
from gateway.usecases.desk.reach import open_recipient, own_guid
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_series import queue
from gateway.usecases.ports import Clock, Database, ExternalMark, Numbers, UnitOfWork, Wake
from gateway.usecases.visit import Visit

WAITING = frozenset({ChallengeState.REQUESTED, ChallengeState.HANDED_OVER})


@dataclass(frozen=True, slots=True)
class CorrectRecipient:
    """Every door may repeat a call whose answer was lost: the same contact is corrected once."""

    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    mark: ExternalMark
    block: BlockContact
    numbers: Numbers

    def by_issuer(
        self, issuer: Issuer, reference: Reference, position: int, contact: Contact, reason: str
    ) -> RecipientRecord:
        """Raises GatewayError: NOT_FOUND, PURGED, CLOSED, RECIPIENT_NOT_FOUND, RECIPIENT_DECIDED,
        CONTACT_INVALID, PHONE_IMPOSSIBLE, CONTACT_BLOCKED, and NOTHING_TO_CHANGE for the contact as it
        always was."""
        with self.database.write() as uow:
            guid = own_guid(uow, self.mark, issuer, reference)
            here = open_recipient(uow, guid, position, self.clock)
            after = self._corrected(uow, here, contact, (("reason", reason),) if reason else ())
            uow.commit()
        self.wake()
        return after

    def by_staff(
        self, acting: Acting, guid: str, position: int, contact: Contact, *, block_former: bool = False
    ) -> RecipientRecord:
        """As by the issuer, on the word of one of the operator's people. Raises ACCESS_DENIED too.

        `block_former`: a stranger reported what was wrong, and gets no message of any transaction again.
        """
        staff.demand(acting, Permission.ACT)
        with self.database.write() as uow:
            here = open_recipient(uow, guid, position, self.clock)
            after = self._corrected(uow, here, contact, staff.told(acting))
            for kind, former in _given_up(here.recipient.asked, after.asked) if block_former else ():
                self.block.within(uow, here.record, acting, position, kind, former)
            staff.audit(uow, acting, "recipient-corrected", f"{guid}:{position + 1}")
            uow.commit()
        self.wake()
        return after

    def _corrected(
        self, uow: UnitOfWork, here: Visit, contact: Contact, why: tuple[tuple[str, str], ...]
    ) -> RecipientRecord:
        before = here.recipient
        phone = self.numbers(contact.phone) if contact.phone else ""
        new = normal(replace(contact, phone=phone))
        if before.acknowledged_at is not None:
            # The content is open to whoever acknowledged, and to nobody who comes after them.
            raise GatewayError(ErrorKind.RECIPIENT_DECIDED)
        asked = replace(
            before.asked, email=new.email or before.asked.email, phone=new.phone or before.asked.phone
        )
        if asked == before.asked:
            if new and before.corrected_at is not None:
                return before
            raise GatewayError(ErrorKind.NOTHING_TO_CHANGE)
        _refuse_blocked(uow, before.guid, new)
        here = here.after(uow, _anew(here, asked))
        _void_codes(uow, before)
        details = (*_told(before.asked, asked), *why)
        evidence = ErdsEvent.RECIPIENT_CORRECTED
        what = Happening(here.at, before.position, evidence, details)
        self.journal.noted(uow, here.record, "RECIPIENT_CORRECTED", what)
        if queue(uow, here.record, here.recipients, here.recipient, here.at):
            begin(uow, here.record, here.recipient, here.at)
        return here.recipient


def _anew(here: Visit, asked: Recipient) -> RecipientRecord:
    """As far as before, with nothing in hand: another link, and every step before the signature again.

    Where no act is asked for, what reached the former contact proves nothing of the new one: all anew.
    """
    recipient = here.recipient
    return replace(
        recipient,
        asked=asked,
        state=RecipientState.PENDING if concludes(here.record.profile) else recipient.state,
        series=recipient.series + 1,
        link_version=recipient.link_version + 1,
        link_digest=None,
        corrected_at=here.at,
        failures=0,
        locked_until=None,
        conditions_at=None,
        unlocked_at=None,
        answered_at=None,
    )


def _void_codes(uow: UnitOfWork, recipient: RecipientRecord) -> None:
    for code in uow.challenges.of(recipient.guid, recipient.position):
        if code.state in WAITING and not uow.challenges.replace(
            code, replace(code, state=ChallengeState.VOID)
        ):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)


def _refuse_blocked(uow: UnitOfWork, guid: str, contact: Contact) -> None:
    given = ((ContactKind.EMAIL, contact.email), (ContactKind.PHONE, contact.phone))
    if any(text and uow.blocks.blocked(kind, text, guid) for kind, text in given):
        raise GatewayError(ErrorKind.CONTACT_BLOCKED)


def _given_up(old: Recipient, new: Recipient) -> Iterator[tuple[ContactKind, str]]:
    """What the recipient was reached by, and is no more."""
    if old.phone and old.phone != new.phone:
        yield ContactKind.PHONE, old.phone
    if old.email and old.email != new.email:
        yield ContactKind.EMAIL, old.email


def _told(old: Recipient, new: Recipient) -> tuple[tuple[str, str], ...]:
    told: list[tuple[str, str]] = []
    if old.email != new.email:
        told += [("old_email", masked_email(old.email) if old.email else "-"), ("new_email", new.email)]
    if old.phone != new.phone:
        told += [("old_phone", masked_phone(old.phone) if old.phone else "-"), ("new_phone", new.phone)]
    return tuple(told)
