"""Calls: what the provider tells of them, and the tasks that follow a code by SMS or by call."""

from dataclasses import dataclass

from gateway.adapters.channels.voice import SandboxVoice
from gateway.bootstrap.delivering import nowhere
from gateway.bootstrap.technology import Technology
from gateway.domain.signing import CodePolicy
from gateway.usecases.call_instead import CallInstead
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
    events = VoiceEvents(database, journal, clock, wake, receive, tech.vault)
    voices = Voices(tech.voice, SandboxVoice(database, nowhere(tech)))
    request = RequestCode(database, journal, policy, clock, wake)
    handlers: dict[Kind, Handler] = {
        Kind.FOLLOW_CALL: FollowCall(database, voices, events, clock),
        Kind.KEEP_RECORDING: KeepRecording(database, tech.vault, tech.depositary, voices, journal, clock),
        Kind.CALL_INSTEAD: CallInstead(database, request, clock),
    }
    return Calls(events, handlers)
