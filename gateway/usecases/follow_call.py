"""After a call was placed: the provider is asked how it went, for a callback may be lost or never come."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.delivery import Channel, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import Clock, Database, UnitOfWork, VoiceProvider
from gateway.usecases.send_code import challenge_of
from gateway.usecases.speech import GRACE
from gateway.usecases.voice_events import VoiceEvents

SOON, LATER = timedelta(seconds=2), timedelta(seconds=15)
A_MINUTE = timedelta(minutes=1)
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Voices:
    """The provider of a transaction's calls: nothing of the sandbox is asked of a real one."""

    real: VoiceProvider
    sandbox: VoiceProvider

    def of(self, uow: UnitOfWork, guid: str) -> VoiceProvider:
        return self.sandbox if uow.sandbox.holds(guid) else self.real


@dataclass(frozen=True, slots=True)
class FollowCall:
    """The handler of FOLLOW_CALL tasks; their subject is the call's id. It ends with the call."""

    database: Database
    voices: Voices
    tell: VoiceEvents
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            effect = uow.effects.get(task.subject)
            provider = self.voices.of(uow, task.guid)
        if effect is None or effect.channel is not Channel.VOICE:
            return False
        try:
            events = provider.events(task.subject)
            for event in events:
                self.tell(event)
        except ConnectionError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        now = self.clock.now()
        over = any(event.state is not None and event.state.final for event in events)
        goes_on = self._goes_on(task) if effect.purpose is Purpose.CODE else not over
        if goes_on and now < effect.intended_at + LONGEST:
            raise Postpone(now + (SOON if now < effect.intended_at + A_MINUTE else LATER))
        return False

    def _goes_on(self, task: Task) -> bool:
        """It has not ended, or what was recorded may still be told of."""
        with self.database.read() as uow:
            effect = uow.effects.get(task.subject)
            code = uow.challenges.get(challenge_of(effect)) if effect else None
        if code is None:
            return False
        call = code.call
        if call is None or not call.state.final:
            return True
        if call.state.unheard or not code.bound_sha256 or call.ended_at is None:
            return False
        told = call.recording or call.speech_sha256
        return not told and self.clock.now() < call.ended_at + GRACE
