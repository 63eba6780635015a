"""State 4 and 5: the notice of one recipient, by each channel of the notice method.

A relay's 250 or an SMSC's acceptance proves dispatch only; availability needs a DELIVERED receipt.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.delivery import Channel, Effect, Message, Outcome, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, Task
from gateway.usecases.attached import AsSent, StampedCopies
from gateway.usecases.circuits.still_due import StillDue
from gateway.usecases.deliver import Deliver, Delivered, finished
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_results import happened
from gateway.usecases.notice_series import effect_of, meant
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, Notices, UnitOfWork
from gateway.usecases.reports.fate import Fate
from gateway.usecases.reports.notices import address_of
from gateway.usecases.visit import Visit, find, visit_if_open


@dataclass(frozen=True, slots=True)
class Notify:
    database: Database
    deliver: Deliver
    notices: Notices
    codes: Codes
    journal: Journal
    clock: Clock
    base_url: str
    fate: Fate
    copies: StampedCopies
    originals: AsSent
    still_due: StillDue

    def __call__(self, task: Task) -> bool:
        bound = self._bind(task)
        if bound is None:
            self._settle_earlier(task)
            return False
        here, issuer, token = bound
        outcomes = [
            self._by_channel(here, issuer, channel, f"{self.base_url}/a/{token}")
            for channel in meant(task.subject).channels(here.recipient)
        ]
        if Outcome.NOT_SENT in outcomes:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        if set(outcomes) == {Outcome.REFUSED}:
            self._failed(task)
        return False

    def _settle_earlier(self, task: Task) -> None:
        """A worker died between hand-over and result, and since then all was decided or another notice was
        asked for: what is known of this one is kept."""
        asked = meant(task.subject)
        with self.database.read() as uow:
            recipient = find(uow.recipients.of(task.guid), asked.position)
        for channel in asked.channels(recipient):
            found = self.deliver.left_open(effect_of(replace(recipient, series=asked.series), channel))
            if found is not None:
                effect, done = found
                since = recipient.corrected_at
                stray = since is not None and effect.intended_at < since
                sent_to = replace(recipient, link_version=recipient.link_version - stray)
                self._record(sent_to, channel, done)

    def _bind(self, task: Task) -> tuple[Visit, Issuer, str] | None:
        """Bind the access link to the recipient before anything leaves; None when there is none to send.
        Raises Postpone for what may not leave at this hour."""
        with self.database.write() as uow:
            here = self._wanted(uow, task)
            if here is None:
                return None
            if not self.still_due(uow, here, meant(task.subject)):
                uow.commit()
                return None
            issuer, recipient = issuer_of(uow, here.record.issuer), here.recipient
            token = self.codes.link_token(task.guid, recipient.position, recipient.link_version)
            link_digest = self.codes.token_digest(token)
            if recipient.link_digest != link_digest:
                here = here.after(uow, replace(recipient, link_digest=link_digest))
                uow.commit()
            return here, issuer, token

    def _wanted(self, uow: UnitOfWork, task: Task) -> Visit | None:
        """None when all is decided, or another notice was asked for since."""
        asked = meant(task.subject)
        here = visit_if_open(uow, task.guid, asked.position, self.clock)
        return here if here is not None and here.recipient.series == asked.series else None

    def _by_channel(self, here: Visit, issuer: Issuer, channel: Channel, link: str) -> Outcome:
        recipient = here.recipient
        intent = Effect(
            id=effect_of(recipient, channel),
            guid=recipient.guid,
            position=recipient.position,
            channel=channel,
            purpose=Purpose.NOTICE,
            address=address_of(recipient, channel),
            intended_at=self.clock.now(),
        )

        def compose(effect_id: str) -> Message:
            if here.record.profile.content:
                enclosed = self.originals if channel is Channel.EMAIL else self.copies
                files = enclosed(here.record, recipient)
                said = self.notices.content(effect_id, here.record, recipient, issuer, channel, files)
            else:
                said = self.notices.notice(effect_id, here.record, recipient, issuer, channel, link)
            return replace(said, watched=True)

        done = self.deliver(intent, compose)
        if not done.stored:
            self._record(recipient, channel, done)
        return done.receipt.outcome

    def _record(self, sent_to: RecipientRecord, channel: Channel, done: Delivered) -> None:
        with self.database.write() as uow:
            record = uow.transactions.lock(sent_to.guid)
            if record is None or not _is_news(uow, done):
                return
            what = Happening(done.receipt.at, sent_to.position, details=_details(channel, done))
            present = find(uow.recipients.of(record.guid), sent_to.position)
            if present.link_version == sent_to.link_version:
                happened(uow, self.journal, record, done.receipt.outcome, what)
                if channel is Channel.VOICE and done.receipt.outcome in {Outcome.ACCEPTED, Outcome.UNKNOWN}:
                    follow = new_task(Kind.FOLLOW_CALL, record.guid, self.clock.now(), done.effect_id)
                    uow.tasks.add(follow)
                if done.receipt.outcome is Outcome.DELIVERED:
                    self._reached(uow, record.guid, present.position, done.receipt.at)
            else:
                # It went to the contact that was corrected meanwhile, and proves nothing of the present one.
                self.journal.noted(uow, record, "NOTICE_OUTDATED", what)
            uow.commit()

    def _reached(self, uow: UnitOfWork, guid: str, position: int, at: datetime) -> None:
        record = uow.transactions.get(guid)
        if record is not None and not record.state.closed_to_access:
            self.fate.reached(uow, record, position, at)

    def _failed(self, task: Task) -> None:
        """Every notice was refused for good: without another way the recipient ends as UNREACHABLE."""
        with self.database.write() as uow:
            here = self._wanted(uow, task)
            if here is None:
                return
            self.fate.failed(uow, here.record, here.recipient.position, here.at)
            uow.commit()


def _is_news(uow: UnitOfWork, done: Delivered) -> bool:
    """Store the result. When our lease ended meanwhile another worker has called the hand-over UNKNOWN:
    its row stays so, and what the channel says now is a late receipt."""
    if finished(uow, done):
        return True
    stored = uow.effects.get(done.effect_id)
    late = stored is not None and stored.outcome is Outcome.UNKNOWN
    return late and done.receipt.outcome is not Outcome.UNKNOWN


def _details(channel: Channel, done: Delivered) -> tuple[tuple[str, str], ...]:
    receipt = done.receipt
    said = (("reference", receipt.reference), ("detail", receipt.detail))
    kept = done.raw_sha256 if receipt.outcome is not Outcome.NOT_SENT else b""
    return (
        ("channel", channel.value),
        ("effect", done.effect_id),
        ("outcome", receipt.outcome.value),
        *((name, value) for name, value in said if value),
        *receipt.details,
        *((("message_sha256", kept.hex()),) if kept else ()),
    )
