"""What a provider tells of a bridged call, by callback or because it is asked, until the recording is here.

Every event is a report and goes through the one door of reports; so does the recording, as its raw octets.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.delivery import Channel, Effect, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.domain.reports import Failure, Report, ReportKind, Taken
from gateway.domain.voice import CallEvent, CallState
from gateway.usecases.bridge.outcome import held, of_call
from gateway.usecases.follow_call import Voices
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import Clock, Database
from gateway.usecases.reports.receive import ReceiveReport

SOON, LATER = timedelta(seconds=2), timedelta(seconds=15)
A_WHILE = timedelta(minutes=10)
# How long after a call its recording may take to be there.
GRACE = timedelta(hours=1)
KINDS: dict[CallState, tuple[ReportKind, Failure | None]] = {
    CallState.ANSWERED: (ReportKind.ANSWERED, None),
    CallState.ENDED: (ReportKind.HELD, None),
    CallState.BUSY: (ReportKind.FAILED, Failure.BUSY),
    CallState.NO_ANSWER: (ReportKind.FAILED, Failure.NO_ANSWER),
    CallState.MACHINE: (ReportKind.FAILED, Failure.MACHINE),
    CallState.FAILED: (ReportKind.FAILED, Failure.OTHER),
}


@dataclass(frozen=True, slots=True)
class BridgeEvents:
    """What callbacks reach, and who asks."""

    database: Database
    voices: Voices
    receive: ReceiveReport

    def __call__(self, event: CallEvent) -> None:
        """Raises GatewayError: CALL_UNKNOWN for what is no bridged call of ours; TEMPORARILY_UNAVAILABLE
        where it has to be told again, also because the recording is not to be had."""
        with self.database.read() as uow:
            effect = uow.effects.get(event.call)
            if effect is None or effect.purpose is not Purpose.CALL:
                raise GatewayError(ErrorKind.CALL_UNKNOWN)
        if event.state in KINDS and not self._contradicted(effect, event):
            self.receive(_report(effect, event))
        if event.recording:
            self._keep(effect, event)

    def _contradicted(self, effect: Effect, event: CallEvent) -> bool:
        """The end of a call that a machine took is no call that was held."""
        if event.state is not CallState.ENDED:
            return False
        with self.database.read() as uow:
            return any(row.report.kind is ReportKind.FAILED for row in of_call(uow, effect))

    def _keep(self, effect: Effect, event: CallEvent) -> None:
        with self.database.read() as uow:
            if any(row.report.kind is ReportKind.RECORDED for row in of_call(uow, effect)):
                return
            provider = self.voices.of(uow, effect.guid)
        try:
            recording = provider.recording(event.recording)
        except ConnectionError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        if recording is None:
            return
        named = (("recording", event.recording),)
        report = Report(
            channel=Channel.VOICE,
            kind=ReportKind.RECORDED,
            at=event.at,
            raw=recording.octets,
            media_type=recording.media_type,
            effect=effect.id,
            details=named,
            key=event.recording,
        )
        if self.receive(report) is Taken.UNMATCHED:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class FollowBridge:
    """The handler of FOLLOW_BRIDGE tasks; their subject is the call's id."""

    database: Database
    voices: Voices
    tell: BridgeEvents
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            effect = uow.effects.get(task.subject)
            provider = self.voices.of(uow, task.guid)
        if effect is None:
            return False
        try:
            for event in provider.events(effect.id):
                self.tell(event)
        except ConnectionError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        if self._goes_on(effect):
            now = self.clock.now()
            raise Postpone(now + (SOON if now < effect.intended_at + A_WHILE else LATER))
        return False

    def _goes_on(self, effect: Effect) -> bool:
        """It may still ring or go on, or its recording may still come; without that it ends after a while."""
        now = self.clock.now()
        with self.database.write() as uow:
            record = uow.transactions.lock(effect.guid)
            if record is None or record.state.closed_to_access:
                return False
            rows = of_call(uow, effect)
            ended = [row for row in rows if row.report.kind is ReportKind.HELD]
            if ended and now >= ended[0].report.at + GRACE:
                held(uow, self.journal, record, rows, now)
                uow.commit()
                return False
            return not any(row.report.kind is ReportKind.FAILED for row in rows)


def _report(effect: Effect, event: CallEvent) -> Report:
    """Of an event that was asked for, what is known of it is what came."""
    state = event.state or CallState.PLACED
    kind, failure = KINDS[state]
    leg = (("leg", event.leg.value),) if event.leg else ()
    seconds = (("seconds", str(event.seconds)),) if event.seconds else ()
    told = {
        "call": event.call,
        "state": state.value,
        "at": event.at.isoformat(),
        **dict(leg),
        **dict(seconds),
    }
    return Report(
        channel=Channel.VOICE,
        kind=kind,
        at=event.at,
        raw=event.raw or json.dumps(told, sort_keys=True).encode(),
        media_type=event.media_type or "application/json",
        effect=effect.id,
        failure=failure,
        details=(*leg, *seconds),
        key=f"{leg[0][1] if leg else ''} {state.value}".strip(),
    )
