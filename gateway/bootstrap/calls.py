"""Calls: what the provider tells of them, the door of its callbacks, and the tasks that follow a code."""

from dataclasses import dataclass

from gateway.adapters.channels.voice import SandboxVoice
from gateway.adapters.channels.voice.twilio import TwilioVoice
from gateway.adapters.channels.voice.twilio_callbacks import TwilioCallbacks
from gateway.bootstrap.delivering import nowhere
from gateway.bootstrap.technology import Technology
from gateway.domain.signing import CodePolicy
from gateway.entrypoints.inbound.voice import VoiceDoor
from gateway.usecases.call_instead import CallInstead
from gateway.usecases.call_words import CallWords
from gateway.usecases.challenge import RequestCode
from gateway.usecases.follow_call import FollowCall, Voices
from gateway.usecases.journal import Journal
from gateway.usecases.keep_recording import KeepRecording
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.ports import Wake
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.voice_events import VoiceEvents


@dataclass(frozen=True, slots=True)
class Calls:
    """`events` is what callbacks of a provider reach."""

    events: VoiceEvents
    handlers: dict[Kind, Handler]


def calls(
    tech: Technology, journal: Journal, policy: CodePolicy, wake: Wake, receive: ReceiveReport
) -> Calls:
    database, clock = tech.database, tech.clock
    events = VoiceEvents(database, journal, clock, wake, receive)
    voices = Voices(tech.voice, SandboxVoice(database, nowhere(tech)))
    request = RequestCode(database, journal, policy, clock, wake)
    handlers: dict[Kind, Handler] = {
        Kind.FOLLOW_CALL: FollowCall(database, voices, events, clock),
        Kind.KEEP_RECORDING: KeepRecording(database, tech.vault, tech.depositary, voices, journal, clock),
        Kind.CALL_INSTEAD: CallInstead(database, request, clock),
    }
    return Calls(events, handlers)


def voice_door(tech: Technology, events: VoiceEvents) -> dict[str, VoiceDoor]:
    """Nothing where no provider calls back."""
    if not isinstance(tech.voice, TwilioVoice):
        return {}
    provider = TwilioCallbacks(tech.voice, tech.clock)
    words = CallWords(tech.database, tech.notices, tech.clock)
    return {"voice": VoiceDoor(provider, words.call_of, words, events)}
