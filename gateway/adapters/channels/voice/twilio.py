"""Calls by Twilio or whoever speaks its REST API: places them, asks how they went, fetches what was recorded.

The code that a call dictates is in the body of one request alone. Twilio cannot be searched by an id of ours,
so that a request whose answer was lost stays UNKNOWN, unless a callback tells of the call.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from re import fullmatch
from typing import Any, Protocol

from gateway.adapters.channels.voice import twilio_bridge, twiml
from gateway.adapters.channels.voice.twilio_http import Account, Answer, MayHaveLeft
from gateway.adapters.channels.voice.twilio_words import FINAL, moment, state_of
from gateway.domain.bridge import Bridge, CallWay
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.domain.voice import CallEvent, CallState, Recording
from gateway.usecases.ports import VoiceProvider

WAV = "audio/wav"
SID = "[A-Za-z0-9]{2,64}"
# Answers that say that nothing was placed, and that it may be tried again: who asks, how often, and here.
AGAIN = frozenset({401, 403, 404, 408, 429})
WAITS = "call-in"
LOST = "no answer came back: it may ring"


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Line:
    """How calls are placed: from which number, who is called back, and how long they ring and record, in
    seconds."""

    sender: str
    callback: str
    machines: bool = True
    ring: int = 30
    record: int = 10


@dataclass(frozen=True, slots=True)
class Known:
    """The provider's own id of a call, "" while nobody knows it, and whether it puts two people through."""

    sid: str = ""
    bridged: bool = False


@dataclass(frozen=True, slots=True)
class TwilioVoice(VoiceProvider):
    """The port `VoiceProvider`. `known` is asked what the provider calls one of our calls."""

    account: Account
    line: Line
    clock: Clock
    known: Callable[[str], Known]

    def send(self, message: Message) -> Receipt:
        """Raises ConnectionError when nothing was placed and it may be tried again."""
        if message.bridge is not None and message.bridge.way is CallWay.CALL_IN:
            return Receipt(Outcome.ACCEPTED, self.clock.now(), WAITS, f"expected at {self.line.sender}")
        try:
            answer = self.account.post("Calls.json", self._form(message))
        except MayHaveLeft:
            return Receipt(Outcome.UNKNOWN, self.clock.now(), detail=LOST)
        return self._placed(answer)

    def find(self, message_id: str) -> Receipt | None:  # noqa: ARG002 - it knows none of our ids
        return None

    def events(self, call: str) -> Sequence[CallEvent]:
        known = self.known(call)
        if not fullmatch(SID, known.sid):
            return ()
        answer = self._got(f"Calls/{known.sid}.json")
        if known.bridged:
            return self._bridged(call, known.sid, _read(answer))
        return self._events(call, known.sid, _read(answer), answer.octets)

    def recording(self, name: str) -> Recording | None:
        """A name that ends in `.2` is of two channels, each end's voice on its own."""
        sid, _, channels = name.partition(".")
        if not fullmatch(SID, sid):
            return None
        answer = self.account.get(f"Recordings/{sid}.wav" + ("?RequestedChannels=2" if channels else ""))
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise ConnectionError(f"HTTP {answer.status}")
        return Recording(answer.octets, WAV)

    def greet(self) -> None:
        """Raises ConnectionError where the provider does not answer, or does not know the account."""
        self._got("Calls.json?PageSize=1")

    def hang_up(self, sid: str) -> None:
        """End a call that an answering machine took. Raises ConnectionError, MayHaveLeft."""
        if fullmatch(SID, sid):
            self.account.post(f"Calls/{sid}.json", [("Status", "completed")])

    def bridged(self, asked: Bridge, mark: str) -> str:
        """What a caller who is on the line hears until the called answers."""
        line = self.line
        return twiml.bridge(asked, f"{line.callback}/{mark}", line.sender, line.ring, machines=line.machines)

    def _form(self, message: Message) -> list[tuple[str, str]]:
        line, script = self.line, message.script
        callback = f"{line.callback}/{message.mark}"
        if message.bridge is not None:
            to, what, document = message.bridge.caller, "caller", self.bridged(message.bridge, message.mark)
        elif script is not None:
            to, what, document = message.address, "", twiml.whole(script, callback, line.record)
        else:
            raise ConnectionError("a call without script")
        form = [
            ("To", to),
            ("From", line.sender),
            ("Twiml", document),
            ("Timeout", str(line.ring)),
            ("StatusCallback", f"{callback}/{what or 'status'}"),
            ("StatusCallbackMethod", "POST"),
            *(("StatusCallbackEvent", event) for event in ("ringing", "answered", "completed")),
        ]
        if line.machines:
            # It is told while the greeting is said, so that the code is not said to a machine.
            form += [
                ("MachineDetection", "Enable"),
                ("AsyncAmd", "true"),
                ("AsyncAmdStatusCallback", f"{callback}/{what}machine"),
            ]
        return form

    def _placed(self, answer: Answer) -> Receipt:
        """What its words say is never repeated: they may quote the request."""
        now, detail = self.clock.now(), f"HTTP {answer.status}"
        if answer.status in AGAIN:
            raise ConnectionError(detail)
        if answer.status in {400, 422}:
            code = _read(answer).get("code")
            reason = f"{detail}, code {code}" if type(code) is int else detail
            return Receipt(Outcome.REFUSED, now, detail=reason)
        sid = str(_read(answer).get("sid", ""))
        if answer.status not in {200, 201} or not fullmatch(SID, sid):
            return Receipt(Outcome.UNKNOWN, now, detail=detail)
        return Receipt(Outcome.ACCEPTED, now, sid, detail, (sid,))

    def _events(self, call: str, sid: str, told: dict[str, Any], raw: bytes) -> Sequence[CallEvent]:
        state = state_of(str(told.get("status")), str(told.get("answered_by") or ""))
        if state is None:
            return ()
        at = moment(told.get("end_time" if state.final else "start_time")) or self.clock.now()
        seconds = str(told.get("duration") or 0)
        length = int(seconds) if seconds.isdecimal() and state is CallState.ENDED else 0
        found = [CallEvent(call, at, state, length, raw=raw, by_person=self.line.machines)]
        if state is CallState.ENDED:
            taken = moment(told.get("start_time")) or at
            found = [CallEvent(call, taken, CallState.ANSWERED, raw=raw), *found, *self._recorded(call, sid)]
        return found

    def _bridged(self, call: str, sid: str, parent: dict[str, Any]) -> Sequence[CallEvent]:
        listed = _read(self._got(f"Calls.json?ParentCallSid={sid}")).get("calls")
        children = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        now = self.clock.now()
        found = twilio_bridge.events_of(call, parent, children, lambda: self._recorded(call, sid), now)
        return tuple(found)

    def _got(self, place: str) -> Answer:
        answer = self.account.get(place)
        if answer.status != 200:
            raise ConnectionError(f"HTTP {answer.status}")
        return answer

    def _recorded(self, call: str, sid: str) -> Sequence[CallEvent]:
        answer = self.account.get(f"Calls/{sid}/Recordings.json")
        if answer.status != 200:
            return ()
        listed = _read(answer).get("recordings")
        kept = listed if isinstance(listed, list) else []
        return [
            CallEvent(call, moment(each.get("date_created")) or self.clock.now(), recording=named(each))
            for each in kept
            if isinstance(each, dict) and fullmatch(SID, str(each.get("sid"))) and each.get("status") in FINAL
        ]


def named(recording: dict[str, Any]) -> str:
    """What we call a recording: its id, and whether it has two channels."""
    return str(recording["sid"]) + (".2" if str(recording.get("channels")) == "2" else "")


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.octets)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
