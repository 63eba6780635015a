"""The calls of sandbox transactions: none is placed, and they go as the telephone's last digits say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.adapters.channels.voice.tone import tone
from gateway.domain.bridge import Leg
from gateway.domain.delivery import Effect, Message, Purpose, Receipt
from gateway.domain.sandbox import SandboxMessage, call_of
from gateway.domain.voice import CallEvent, CallState, Recording
from gateway.usecases.ports import Courier, Database, VoiceProvider

WAV = "audio/wav"
SECONDS = 20
NAMED = "sandbox:"


@dataclass(frozen=True, slots=True)
class SandboxVoice(VoiceProvider):
    """The port `VoiceProvider`; `courier` is the sandbox's, which keeps what would have been said."""

    database: Database
    courier: Courier

    def send(self, message: Message) -> Receipt:
        return self.courier.send(message)

    def find(self, message_id: str) -> Receipt | None:
        return self.courier.find(message_id)

    def events(self, call: str) -> Sequence[CallEvent]:
        effect, kept = self._kept(call)
        if effect is None or kept is None:
            return ()
        state = call_of(kept.address)
        if effect.purpose is Purpose.CALL:
            return _bridged(call, kept.at, state)
        if state is not CallState.ENDED:
            return (CallEvent(call, kept.at, state),)
        return (
            CallEvent(call, kept.at, CallState.ANSWERED),
            CallEvent(call, kept.at, CallState.ENDED, SECONDS),
            CallEvent(call, kept.at, recording=f"{NAMED}{call}"),
        )

    def recording(self, name: str) -> Recording | None:
        return Recording(tone(), WAV) if name.startswith(NAMED) else None

    def _kept(self, call: str) -> tuple[Effect | None, SandboxMessage | None]:
        with self.database.read() as uow:
            effect = uow.effects.get(call)
            messages = uow.sandbox.messages(effect.guid) if effect else ()
        return effect, next((each for each in messages if each.id == call), None)


def _bridged(call: str, at: datetime, state: CallState) -> Sequence[CallEvent]:
    """The caller always answers; the called as their telephone's digits say."""
    caller = CallEvent(call, at, CallState.ANSWERED, leg=Leg.CALLER)
    if state is not CallState.ENDED:
        return (caller, CallEvent(call, at, state, leg=Leg.CALLED))
    return (
        caller,
        CallEvent(call, at, CallState.ANSWERED, leg=Leg.CALLED),
        CallEvent(call, at, CallState.ENDED, SECONDS, f"{NAMED}{call}"),
    )
