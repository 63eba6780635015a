"""The door that the callbacks of the provider of calls come to."""

from gateway.adapters.channels.announcements import Announcements
from gateway.adapters.channels.voice.twilio import TwilioVoice
from gateway.adapters.channels.voice.twilio_callbacks import TwilioCallbacks
from gateway.bootstrap import bridging
from gateway.bootstrap.technology import Technology
from gateway.entrypoints.inbound.voice import VoiceDoor
from gateway.settings import Settings
from gateway.usecases.bridge.words import BridgeWords
from gateway.usecases.call_words import CallWords
from gateway.usecases.calls_told import CallsTold
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.voice_events import VoiceEvents


def voice_door(
    settings: Settings, tech: Technology, receive: ReceiveReport, called: VoiceEvents
) -> VoiceDoor | None:
    """None where no provider calls back."""
    if not isinstance(tech.voice, TwilioVoice):
        return None
    texts, database, clock = Announcements(settings.gateway.operator), tech.database, tech.clock
    bridged = BridgeWords(database, texts, tech.codes.message_mark, clock)
    words = CallWords(database, tech.notices, bridged, clock)
    told = CallsTold(database, called, bridging.events(tech, receive))
    provider = TwilioCallbacks(tech.voice, clock)
    return VoiceDoor(provider, words.call_of, words, bridged.expected, told)
