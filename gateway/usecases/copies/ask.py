"""A recipient asks for their evidence, long after: by GUID and identifier, without an account.

Whoever asks is always answered the same. What is right has a one-time link sent to the contact on record,
which is never shown: knowing a GUID and an identifier alone gives nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from gateway.domain.catalogue import Decision
from gateway.domain.copies import CopyPolicy
from gateway.domain.delivery import Channel, Effect, Message, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, Task, TransactionRecord
from gateway.domain.results import POSITIVE
from gateway.domain.states import State
from gateway.usecases.access import matches
from gateway.usecases.copies.reach import contact_of
from gateway.usecases.copies.tell import keep_link, record_copy
from gateway.usecases.deliver import Deliver
from gateway.usecases.door_limits import network
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, Notices, UnitOfWork, Wake
from gateway.usecases.visit import find

A_DAY, PAUSE = timedelta(days=1), timedelta(minutes=15)
# How often one address may ask for one transaction, and for any; how often anybody may ask for one.
FREE_OF_ONE, FREE_OF_ADDRESS, FREE_OF_ALL = 5, 20, 50


@dataclass(frozen=True, slots=True)
class AskCopy:
    database: Database
    journal: Journal
    policy: CopyPolicy
    clock: Clock
    wake: Wake

    def __call__(self, guid: str, identifier: str, address: str) -> None:
        """Says nothing, whatever is right or wrong. Raises GatewayError(TOO_MANY_ATTEMPTS) by who asks and
        how often, never by what is true."""
        now, guid = self.clock.now(), guid.strip()
        with self.database.write() as uow:
            self._count(uow, guid, address, now)
            record, recipient = _asked_for(uow, guid, identifier)
            if record and recipient and proven(record, recipient) and self._may_have(uow, recipient, now):
                self.journal.noted(uow, record, "COPY_ASKED", Happening(now, recipient.position))
                subject = f"{recipient.position}.{uuid4().hex}"
                uow.tasks.add(new_task(Kind.SEND_COPY, guid, now, subject))
            uow.commit()
        self.wake()

    def _count(self, uow: UnitOfWork, guid: str, address: str, now: datetime) -> None:
        address = network(address)
        counted = {
            f"copy/{address}/{guid}": FREE_OF_ONE,
            f"copy/{address}": FREE_OF_ADDRESS,
            f"copy//{guid}": FREE_OF_ALL,
        }
        for name, free in counted.items():
            tries = uow.pauses.take(name, now, now - A_DAY)
            if not tries:
                raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
            if tries >= free:
                uow.pauses.pause(name, now + PAUSE)

    def _may_have(self, uow: UnitOfWork, recipient: RecipientRecord, now: datetime) -> bool:
        """So many a day, lest somebody fills a mailbox; those asked for and not yet sent count too."""
        sent = uow.copy_links.made_since(recipient.guid, recipient.position, now - A_DAY)
        asked = sum(
            event.kind == "COPY_ASKED" and event.position == recipient.position and event.at > now - A_DAY
            for event in uow.events.of(recipient.guid)
        )
        return max(sent, asked) < self.policy.a_day and contact_of(recipient) is not None


def _asked_for(
    uow: UnitOfWork, guid: str, identifier: str
) -> tuple[TransactionRecord | None, RecipientRecord | None]:
    """The closed and certified transaction, and whose identifier it is."""
    try:
        record = uow.transactions.lock(guid)
    except GatewayError:
        # Restored rows of a purged transaction, which nothing opens any more.
        return None, None
    if record is None or record.state is not State.CLOSED or uow.certificates.get(guid) is None:
        # As much work as a comparison, so that time tells nothing either.
        matches(None, identifier)
        return None, None
    found = [each for each in uow.recipients.of(guid) if matches(each, identifier)]
    return record, found[0] if found else None


def proven(record: TransactionRecord, recipient: RecipientRecord) -> bool:
    """Whether the contact is theirs: the issuer named it, or a code that went there was typed. Whoever only
    began to accept a publication may have typed somebody else's."""
    return record.profile.decision is not Decision.PERIOD_END or recipient.state in POSITIVE


@dataclass(frozen=True, slots=True)
class SendCopy:
    """The handler of SEND_COPY tasks: draw the link, commit its digest with the intent, hand it over."""

    database: Database
    deliver: Deliver
    notices: Notices
    codes: Codes
    journal: Journal
    policy: CopyPolicy
    clock: Clock
    base_url: str

    def __call__(self, task: Task) -> bool:
        place, _, series = task.subject.partition(".")
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None:
                return False
            recipient, issuer = find(uow.recipients.of(task.guid), int(place)), issuer_of(uow, record.issuer)
        contact = contact_of(recipient)
        if contact is not None:
            self._send(record, recipient, issuer, contact, series)
        return False

    def _send(
        self,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        contact: tuple[Channel, str],
        series: str,
    ) -> None:
        channel, address = contact
        token = self.codes.draw_token()
        intent = Effect(
            id=f"copy-{record.guid}-{recipient.position}-{series}",
            guid=record.guid,
            position=recipient.position,
            channel=channel,
            purpose=Purpose.COPY,
            address=address,
            intended_at=self.clock.now(),
        )

        def compose(effect_id: str) -> Message:
            link = f"{self.base_url}/copy/{token}"
            return self.notices.copy(effect_id, record, recipient, issuer, channel, link)

        done = self.deliver(
            intent,
            compose,
            lambda uow: keep_link(uow, self.codes, self.policy, recipient, token, self.clock),
        )
        record_copy(self.database, self.journal, recipient, channel, done, "COPY")
