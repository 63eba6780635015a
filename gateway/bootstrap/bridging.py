"""Calls between two people: what places and follows them, and what callbacks reach."""

from gateway.adapters.channels.announcements import Announcements
from gateway.adapters.channels.voice import SandboxVoice
from gateway.bootstrap.delivering import delivering, nowhere
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.bridge.follow import BridgeEvents, FollowBridge
from gateway.usecases.bridge.place import PlaceCall
from gateway.usecases.follow_call import Voices
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.reports.receive import ReceiveReport


def events(tech: Technology, receive: ReceiveReport) -> BridgeEvents:
    return BridgeEvents(tech.database, _voices(tech), receive)


def handlers(
    settings: Settings, tech: Technology, journal: Journal, receive: ReceiveReport
) -> dict[Kind, Handler]:
    texts, database, clock = Announcements(settings.gateway.operator), tech.database, tech.clock
    return {
        Kind.PLACE_CALL: PlaceCall(database, delivering(tech), texts, journal, clock),
        Kind.FOLLOW_BRIDGE: FollowBridge(database, _voices(tech), events(tech, receive), journal, clock),
    }


def _voices(tech: Technology) -> Voices:
    return Voices(tech.voice, SandboxVoice(tech.database, nowhere(tech)))
