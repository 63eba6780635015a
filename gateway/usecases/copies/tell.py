"""State 12: each recipient who was notified is told how it ended, once, by the channel of their notice.

Where the issuer wants it, an e-mail carries the certificate and the reader's own documents; what is too large
for one is fetched by a one-time link. Nothing in it signs, and nothing in it is another recipient's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.domain.catalogue import Act
from gateway.domain.copies import CopyLink, CopyPolicy, Ending, own_ending
from gateway.domain.delivery import Attachment, Channel, Effect, Message, Outcome, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.participation import Role, role_of
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, Task, TransactionRecord
from gateway.domain.results import POSITIVE
from gateway.domain.timeline import RESULTS
from gateway.usecases.conclude import concludes
from gateway.usecases.copies.files import CopyFile, CopyFiles
from gateway.usecases.copies.reach import notified_by
from gateway.usecases.deliver import Deliver, Delivered, finished
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.participation import documents_for
from gateway.usecases.ports import Clock, Codes, Database, Notices, UnitOfWork
from gateway.usecases.visit import find

XML_SUFFIX = ".xml"


def queue_telling(uow: UnitOfWork, record: TransactionRecord) -> None:
    """In the commit of the certificate: a task for everybody who is to be told."""
    effects, now = uow.effects.of(record.guid), record.updated_at
    for recipient in uow.recipients.of(record.guid):
        if notified_by(recipient, effects) is not None:
            place = str(recipient.position)
            uow.tasks.add(new_task(Kind.TELL_OUTCOME, record.guid, now, place, lane=record.lane))


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything that one message needs. `files` go along, by attachment or link."""

    record: TransactionRecord
    recipient: RecipientRecord
    issuer: Issuer
    channel: Channel
    documents: tuple[str, ...]
    files: Sequence[CopyFile]


@dataclass
class _Drawn:
    """The link that a message was composed with, in memory only."""

    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TellRecipient:
    """The handler of TELL_OUTCOME tasks. Whoever was asked for no act has decided nothing to be told of."""

    database: Database
    deliver: Deliver
    notices: Notices
    codes: Codes
    files: CopyFiles
    journal: Journal
    policy: CopyPolicy
    clock: Clock
    base_url: str

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            told = self._wanted(uow, task.guid, int(task.subject))
        if told is None:
            return False
        position, drawn = told.recipient.position, _Drawn()
        email = told.channel is Channel.EMAIL
        intent = Effect(
            id=f"outcome-{task.guid}-{position}-{told.channel.value}",
            guid=task.guid,
            position=position,
            channel=told.channel,
            purpose=Purpose.COPY if told.files else Purpose.OUTCOME,
            address=told.recipient.asked.email if email else told.recipient.asked.phone,
            intended_at=self.clock.now(),
        )
        done = self.deliver(
            intent,
            lambda effect_id: self._compose(effect_id, told, drawn),
            lambda uow: self._keep_link(uow, told, drawn),
        )
        record_copy(self.database, self.journal, told.recipient, told.channel, done, "OUTCOME")
        return False

    def _wanted(self, uow: UnitOfWork, guid: str, position: int) -> Telling | None:
        record = uow.transactions.get(guid)
        if record is None or not self.policy.tell or concludes(record.profile):
            return None
        recipient = find(uow.recipients.of(guid), position)
        channel = notified_by(recipient, uow.effects.of(guid))
        if channel is None:
            return None
        # What a notification is about stays unknown to whoever did not take it.
        named = record.profile.act is not Act.ACKNOWLEDGE or recipient.state in POSITIVE
        theirs = documents_for(record.asked, recipient.asked, uow.documents.of(guid))
        wanted = record.asked.flow.send_copy and channel is Channel.EMAIL and recipient.state in POSITIVE
        files = [each for each in self.files.of(uow, record, recipient) if not each.name.endswith(XML_SUFFIX)]
        return Telling(
            record,
            recipient,
            issuer_of(uow, record.issuer),
            channel,
            tuple(document.name for document in theirs) if named else (),
            files if wanted else (),
        )

    def _compose(self, effect_id: str, told: Telling, drawn: _Drawn) -> Message:
        fits = sum(file.size for file in told.files) <= self.policy.mail_limit
        if told.files and not fits:
            drawn.token = self.codes.draw_token()
        record, recipient = told.record, told.recipient
        viewer = role_of(recipient.asked) is Role.VIEWER
        ending = Ending(
            own=own_ending(recipient.state, viewer=viewer),
            overall=RESULTS[record.result],
            documents=told.documents,
            ended_at=record.updated_at,
            attached=bool(told.files) and fits,
            link=f"{self.base_url}/copy/{drawn.token}" if drawn.token else "",
        )
        attachments = self._attachments(told) if ending.attached else ()
        return self.notices.outcome(
            effect_id, record, recipient, told.issuer, told.channel, ending, attachments
        )

    def _attachments(self, told: Telling) -> tuple[Attachment, ...]:
        with self.database.read() as uow:
            return tuple(
                Attachment(file.name, file.media_type, self.files.octets(uow, told.record.guid, file))
                for file in told.files
            )

    def _keep_link(self, uow: UnitOfWork, told: Telling, drawn: _Drawn) -> None:
        if drawn.token:
            keep_link(uow, self.codes, self.policy, told.recipient, drawn.token, self.clock)


def keep_link(
    uow: UnitOfWork,
    codes: Codes,
    policy: CopyPolicy,
    recipient: RecipientRecord,
    token: str,
    clock: Clock,
) -> None:
    """With the intent to send it, and only as a digest."""
    now = clock.now()
    digest = codes.token_digest(token)
    uow.copy_links.add(CopyLink(digest, recipient.guid, recipient.position, now, now + policy.life))


def record_copy(
    database: Database,
    journal: Journal,
    recipient: RecipientRecord,
    channel: Channel,
    done: Delivered,
    kind: str,
) -> None:
    """Store the result as `<kind>_SENT` or `_NOT_SENT`. Raises TEMPORARILY_UNAVAILABLE for another try."""
    if not done.stored:
        outcome = done.receipt.outcome
        with database.write() as uow:
            record = uow.transactions.lock(recipient.guid)
            if record is None or not finished(uow, done):
                return
            details = (
                ("channel", channel.value),
                ("effect", done.effect_id),
                ("outcome", outcome.value),
                *((("reference", done.receipt.reference),) if done.receipt.reference else ()),
            )
            left = outcome in {Outcome.ACCEPTED, Outcome.DELIVERED}
            what = Happening(done.receipt.at, recipient.position, details=details)
            journal.noted(uow, record, f"{kind}_SENT" if left else f"{kind}_NOT_SENT", what)
            uow.commit()
    if done.receipt.outcome is Outcome.NOT_SENT:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
