"""What a provider tells of a call, by callback or when asked: late, twice, in any order, or after the end.

Each report is kept once as an event of the transaction and never moves anything back. A call that nobody
heard voids its code. Recordings are only noted here; another task fetches and seals them. What is told of a
notice by call is a report like that of any other channel.
"""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import uuid4

from gateway.domain.delivery import Channel, Effect, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import TransactionRecord
from gateway.domain.reports import Failure, Report, ReportKind, ReportRow, Taken
from gateway.domain.signing import Challenge, ChallengeState
from gateway.domain.voice import LEAST_HEARD, Call, CallEvent, CallState, told
from gateway.usecases.challenge import WAITING
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault, Wake
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.send_code import challenge_of

JSON = "application/json"
NOTICES = frozenset({Purpose.NOTICE, Purpose.REMINDER})
RECORDED = "CALL_RECORDED"


@dataclass(frozen=True, slots=True)
class VoiceEvents:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    receive: ReceiveReport
    vault: Vault

    def __call__(self, event: CallEvent) -> bool:
        """Whether it was news. Raises GatewayError: CALL_UNKNOWN for a call that was never ours,
        TEMPORARILY_UNAVAILABLE when it must come again."""
        with self.database.read() as uow:
            effect = uow.effects.get(event.call)
        if effect is not None and effect.channel is Channel.VOICE and effect.purpose in NOTICES:
            return self._of_notice(effect, event)
        return self._of_code(event)

    def _of_notice(self, effect: Effect, event: CallEvent) -> bool:
        report = self._report(effect, event)
        return report is not None and self.receive(report) is Taken.NEWS

    def _report(self, effect: Effect, event: CallEvent) -> Report | None:
        """None for what says nothing of whether the notice was heard. Whoever hangs up at once heard none of
        it; and what was taken by a machine was heard by nobody, however long that lasted."""
        state = event.state
        if state is None or not state.final:
            return None
        with self.database.read() as uow:
            known = [row.report.kind for row in uow.reports.of(effect.guid) if row.report.effect == effect.id]
        failure: Failure | None
        kind, failure = ReportKind.FAILED, FAILURES.get(state, Failure.OTHER)
        if state is CallState.ENDED and event.seconds >= LEAST_HEARD:
            # Where nobody tells machines from people it was an attempt, which proves no more.
            kind = ReportKind.DELIVERED if event.by_person else ReportKind.ATTEMPTED
            failure = None
        if any(each.undelivered or each is ReportKind.DELIVERED for each in known):
            return None
        details = (("call", state.value), *((("seconds", str(event.seconds)),) if event.seconds else ()))
        return Report(
            channel=Channel.VOICE,
            kind=kind,
            at=event.at,
            raw=event.raw or _written(event),
            media_type=event.media_type or JSON,
            effect=effect.id,
            failure=failure,
            details=details,
            key=state.value,
        )

    def _of_code(self, event: CallEvent) -> bool:
        self._put(event)
        with self.database.write() as uow:
            effect = uow.effects.get(event.call)
            record = uow.transactions.lock(effect.guid) if effect else None
            if effect is None or record is None or effect.channel is not Channel.VOICE:
                raise GatewayError(ErrorKind.CALL_UNKNOWN)
            code = uow.challenges.get(challenge_of(effect))
            if code is None:
                raise GatewayError(ErrorKind.CALL_UNKNOWN)
            news = self._take(uow, record, effect, code, event)
            uow.commit()
        if news:
            self.wake()
        return news

    def _put(self, event: CallEvent) -> None:
        """What the provider said goes into the vault before the commit that names it."""
        with self.database.read() as uow:
            effect = uow.effects.get(event.call)
            key = uow.keys.find(effect.guid) if effect and event.raw else None
        if effect is not None and key is not None:
            self.vault.put(effect.guid, key, [event.raw])

    def _take(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        effect: Effect,
        code: Challenge,
        event: CallEvent,
    ) -> bool:
        kind = f"CALL_{event.state.value}" if event.state else RECORDED
        if event.recording and not code.bound_sha256:
            # Nobody was asked to speak: what was recorded nevertheless is none of ours.
            event = replace(event, recording="")
        if _kept(uow, effect, kind) or (event.state is None and not event.recording):
            return False
        before = code.call or Call()
        after = told(before, event)
        fate = ChallengeState.VOID if after.state.unheard and code.state in WAITING else code.state
        if not uow.challenges.replace(code, replace(code, call=after, state=fate)):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        if after.recording != before.recording:
            uow.tasks.add(new_task(Kind.KEEP_RECORDING, record.guid, self.clock.now(), effect.id))
        seconds = (("seconds", str(event.seconds)),) if event.seconds else ()
        details = (
            ("challenge", code.id),
            ("effect", effect.id),
            *seconds,
            *self._receipt(uow, effect, event),
        )
        self.journal.noted(uow, record, kind, Happening(event.at, effect.position, details=details))
        return True

    def _receipt(self, uow: UnitOfWork, effect: Effect, event: CallEvent) -> tuple[tuple[str, str], ...]:
        """Keep the provider's own words as those of any other channel, where it said some of a call."""
        if not event.raw or event.state is None:
            return ()
        now, digest = self.clock.now(), sha256(event.raw).digest()
        state, heard = event.state, event.state is CallState.ENDED
        kind = ReportKind.FAILED if state.unheard else ReportKind.DELIVERED if heard else ReportKind.ANSWERED
        report = Report(
            channel=Channel.VOICE,
            kind=kind,
            at=min(event.at, now),
            raw=event.raw,
            media_type=event.media_type or JSON,
            effect=effect.id,
            failure=FAILURES.get(state, Failure.OTHER) if state.unheard else None,
            key=state.value,
        )
        row = ReportRow(str(uuid4()), effect.guid, now, report, digest, now)
        uow.reports.add(row)
        return (("report", row.id), ("raw_sha256", digest.hex()))


FAILURES = {
    CallState.BUSY: Failure.BUSY,
    CallState.NO_ANSWER: Failure.NO_ANSWER,
    CallState.MACHINE: Failure.MACHINE,
}


def _written(event: CallEvent) -> bytes:
    """What a provider that says nothing octet by octet has told."""
    state = event.state.value if event.state else ""
    told = {"call": event.call, "at": event.at.isoformat(), "state": state, "seconds": event.seconds}
    return json.dumps(told, separators=(",", ":")).encode()


def _kept(uow: UnitOfWork, effect: Effect, kind: str) -> bool:
    """The same report, of the same call, before."""
    mark = ("effect", effect.id)
    return any(event.kind == kind and mark in event.details for event in uow.events.of(effect.guid))
