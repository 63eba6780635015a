"""A channel's report: kept once, whatever order it comes in, and told as event and evidence.

It is durable when this returns, so that the operator may be answered. It moves states forward only. A report
of a message that nobody knows (yet: it may be quicker than the answer to its sending) is kept under a key of
its own and looked at again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from gateway.domain.delivery import Effect, Purpose
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.reports import MessagePart, Report, ReportKind, ReportRow, Taken
from gateway.domain.states import Event, State
from gateway.usecases.bridge import outcome as bridge
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_results import available
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault, Wake
from gateway.usecases.reports.fate import Fate
from gateway.usecases.reports.proof import evidence_of, told
from gateway.usecases.visit import find

PAGE = 200
# For so long an unknown message may turn out to be ours, and then so long what came is kept for support.
PATIENCE, KEPT_FOR = timedelta(days=3), timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ReceiveReport:
    database: Database
    vault: Vault
    journal: Journal
    fate: Fate
    clock: Clock
    wake: Wake

    def __call__(self, report: Report) -> Taken:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when it could not be kept: it must come again."""
        now = self.clock.now()
        # Whatever a clock elsewhere says, nothing happened later than we heard of it.
        report = replace(report, at=min(report.at, now))
        found = self._known_message(report)
        if found is None:
            return self._keep(report, now)
        return self._take(found, report, now)

    def match(self) -> int:
        """Look at unmatched reports again; how many found their message. For the alarm clock."""
        now, matched = self.clock.now(), 0
        with self.database.read() as uow:
            waiting = uow.reports.waiting(PAGE)
        for row in waiting:
            found = self._known_message(row.report)
            if found is not None:
                matched += self._matched(row, found)
        self._give_up(now)
        return matched

    def _known_message(self, report: Report) -> tuple[Effect, Report] | None:
        """The message, and the report as it is about it; None for one that was never ours, or is purged."""
        with self.database.read() as uow:
            name = None if report.effect else uow.message_parts.find(report.channel, report.reference)
            effect = uow.effects.get(name.effect if name else report.effect)
            if effect is None or effect.channel is not report.channel or uow.keys.find(effect.guid) is None:
                return None
        return effect, replace(report, effect=effect.id, part=name.part if name else report.part)

    def _take(self, found: tuple[Effect, Report], came: Report, received_at: datetime) -> Taken:
        effect, report = found
        digest = sha256(report.raw).digest()
        row = ReportRow(str(uuid4()), effect.guid, received_at, report, digest, self.clock.now())
        with self.database.read() as uow:
            if uow.reports.known(row):
                return Taken.KNOWN
            key = uow.keys.get(effect.guid)
        self.vault.put(effect.guid, key, [report.raw])
        with self.database.write() as uow:
            record = uow.transactions.lock(effect.guid)
            if record is None:
                return Taken.UNMATCHED
            if not uow.reports.add(row):
                return Taken.KNOWN
            self._happened(uow, record, effect, row, came.reference)
            uow.commit()
        self.wake()
        return Taken.NEWS

    def _happened(
        self, uow: UnitOfWork, record: TransactionRecord, effect: Effect, row: ReportRow, reference: str
    ) -> None:
        report, details = row.report, told(effect, row, reference)
        for part, name in report.names:
            uow.message_parts.add(MessagePart(report.channel, name, effect.id, effect.guid, part))
        what = Happening(report.at, effect.position, details=details)
        if effect.purpose is Purpose.CALL:
            bridge.told(uow, self.journal, record, effect, row, what)
            return
        whole = report.kind is not ReportKind.DELIVERED or _whole(uow, report, effect, reference)
        if not whole:
            self.journal.noted(uow, record, "MESSAGE_PART_DELIVERED", what)
            return
        if not _notifies(effect) or effect.position is None:
            what = replace(what, evidence=evidence_of(record.profile, effect.purpose, report.kind))
            self.journal.noted(uow, record, f"MESSAGE_{report.kind.value}", what)
            return
        recipient = find(uow.recipients.of(record.guid), effect.position)
        if _outdated(effect, recipient):
            self.journal.noted(uow, record, "NOTICE_OUTDATED", what)
            return
        what = replace(what, evidence=evidence_of(record.profile, effect.purpose, report.kind))
        self._of_notice(uow, record, recipient, report.kind, what)

    def _of_notice(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        recipient: RecipientRecord,
        kind: ReportKind,
        what: Happening,
    ) -> None:
        """A state moves by what arrived, and by nothing else that is reported."""
        if kind is ReportKind.DELIVERED:
            if not record.state.closed_to_access:
                # Of a hand-over whose fate was UNKNOWN this is the first that is known.
                dispatched = replace(what, evidence=record.profile.dispatched)
                record = record if record.state >= State.DISPATCHED else self._left(uow, record, dispatched)
            available(uow, self.journal, record, what)
            present = uow.transactions.get(record.guid)
            if present is not None:
                self.fate.reached(uow, present, recipient.position, what.at)
            return
        self.journal.noted(uow, record, f"MESSAGE_{kind.value}", what)
        if kind.undelivered:
            self.fate.failed(uow, record, recipient.position, what.at, kind)

    def _left(self, uow: UnitOfWork, record: TransactionRecord, what: Happening) -> TransactionRecord:
        return self.journal.observed(uow, record, Event.DISPATCHED, what)

    def _keep(self, report: Report, now: datetime) -> Taken:
        """Under a data key of its own, which ends with it."""
        name, key = str(uuid4()), self.vault.new_key()
        row = ReportRow(name, name, now, report, sha256(report.raw).digest())
        with self.database.read() as uow:
            if uow.reports.known(row):
                return Taken.UNMATCHED
        self.vault.put(name, key, [report.raw])
        with self.database.write() as uow:
            uow.keys.add(name, key)
            if uow.reports.add(row):
                uow.commit()
        return Taken.UNMATCHED

    def _matched(self, row: ReportRow, found: tuple[Effect, Report]) -> bool:
        with self.database.read() as uow:
            key = uow.keys.get(row.owner)
        raw = self.vault.get(row.owner, key, row.raw_sha256)
        effect, report = found
        self._take((effect, replace(report, raw=raw)), row.report, row.received_at)
        self._forget(row.id)
        return True

    def _give_up(self, now: datetime) -> None:
        with self.database.write() as uow:
            if uow.reports.give_up(now - PATIENCE):
                uow.commit()
        with self.database.read() as uow:
            ended = uow.reports.ended(now - KEPT_FOR, PAGE)
        for name in ended:
            self._forget(name)

    def _forget(self, name: str) -> None:
        """An unmatched one: its row and its key, then its octets."""
        with self.database.write() as uow:
            uow.reports.drop(name)
            uow.keys.destroy(name)
            uow.commit()
        self.vault.forget(name)


def _notifies(effect: Effect) -> bool:
    return effect.purpose in {Purpose.NOTICE, Purpose.REMINDER}


def _outdated(effect: Effect, recipient: RecipientRecord) -> bool:
    """It went to a contact that was corrected since."""
    return recipient.corrected_at is not None and effect.intended_at < recipient.corrected_at


def _whole(uow: UnitOfWork, report: Report, effect: Effect, reference: str) -> bool:
    """Whether with this every part of the message has arrived."""
    parts = [each for each in uow.message_parts.of(effect.id) if each.part]
    if report.part:
        uow.message_parts.delivered(report.channel, reference, report.at)
    # A part may have several names: one that stood for it before its own was known, say.
    arrived = {each.part for each in parts if each.delivered_at or _is(each, report, reference)}
    return not report.part or arrived >= {each.part for each in parts}


def _is(part: MessagePart, report: Report, reference: str) -> bool:
    return part.part == report.part and (not reference or part.reference == reference)
