"""What both ends of a bridged call are told before they hear each other: that it is recorded."""

from dataclasses import dataclass

from gateway.adapters.channels.notice_lines import line, marked
from gateway.catalogues import say, supported, texts
from gateway.domain.bridge import Bridge, BridgedCall
from gateway.domain.delivery import Channel, Message
from gateway.domain.parties import Issuer
from gateway.domain.record import TransactionRecord
from gateway.domain.sandbox import BAND

PACKAGE = "gateway.adapters.channels"


@dataclass(frozen=True, slots=True)
class Announcements:
    """The port `BridgeTexts`. `operator` is the third party's name, as people hear it."""

    operator: str

    def bridged(
        self, effect_id: str, record: TransactionRecord, issuer: Issuer, call: BridgedCall
    ) -> Message:
        language = supported(record.language)
        who = {"operator": self.operator, "issuer": line(issuer.name).rstrip(".")}
        people = {"caller": line(call.caller.name), "called": line(call.called.name)}
        said = texts(PACKAGE, language)["call.bridged"].format(**who, **people)
        announcement = marked(say(BAND, record.language) if record.sandbox else "", said, ". ")
        bridge = Bridge(call.caller.phone, call.called.phone, call.way, language, announcement)
        subject = line(record.subject)
        return Message(effect_id, Channel.VOICE, call.called.phone, subject, announcement, bridge=bridge)
