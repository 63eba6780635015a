"""What a provider tells of a call by callback, given to what it is for: people put through, or one called."""

from dataclasses import dataclass

from gateway.domain.delivery import Purpose
from gateway.domain.voice import CallEvent
from gateway.usecases.bridge.follow import BridgeEvents
from gateway.usecases.ports import Database
from gateway.usecases.voice_events import VoiceEvents


@dataclass(frozen=True, slots=True)
class CallsTold:
    database: Database
    called: VoiceEvents
    bridged: BridgeEvents

    def __call__(self, event: CallEvent) -> None:
        """Raises GatewayError: CALL_UNKNOWN, TEMPORARILY_UNAVAILABLE when it must come again."""
        with self.database.read() as uow:
            effect = uow.effects.get(event.call)
        if effect is not None and effect.purpose is Purpose.CALL:
            self.bridged(event)
        else:
            self.called(event)
