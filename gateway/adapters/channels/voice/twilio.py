"""Calls by Twilio or whoever speaks its REST API: places them, asks how they went, fetches what was recorded.

The code that a call dictates is in the body of one request alone. Twilio cannot be searched by an id of ours,
so that a request whose answer was lost stays UNKNOWN, unless a callback tells of the call.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from re import fullmatch
from typing import Any, Protocol

from gateway.adapters.channels.voice import twiml
from gateway.adapters.channels.voice.twilio_http import Account, Answer, MayHaveLeft
from gateway.adapters.channels.voice.twilio_words import FINAL, state_of
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.domain.voice import CallEvent, CallState, Recording
from gateway.usecases.ports import VoiceProvider

WAV = "audio/wav"
SID = "[A-Za-z0-9]{2,64}"
# Answers that say that nothing was placed, and that it may be tried again: who asks, how often, and here.
AGAIN = frozenset({401, 403, 404, 408, 429})
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
class TwilioVoice(VoiceProvider):
    """The port `VoiceProvider`. `sid_of` gives the provider's own id of a call, "" while unknown."""

    account: Account
    line: Line
    clock: Clock
    sid_of: Callable[[str], str]

    def send(self, message: Message) -> Receipt:
        """Raises ConnectionError when nothing was placed and it may be tried again."""
        if message.script is None:
            raise ConnectionError("a call without script")
        try:
            answer = self.account.post("Calls.json", self._form(message))
        except MayHaveLeft:
            return Receipt(Outcome.UNKNOWN, self.clock.now(), detail=LOST)
        return self._placed(answer)

    def find(self, message_id: str) -> Receipt | None:  # noqa: ARG002 - it knows none of our ids
        return None

    def events(self, call: str) -> Sequence[CallEvent]:
        sid = self.sid_of(call)
        if not fullmatch(SID, sid):
            return ()
        answer = self.account.get(f"Calls/{sid}.json")
        if answer.status != 200:
            raise ConnectionError(f"HTTP {answer.status}")
        return self._events(call, sid, _read(answer), answer.octets)

    def recording(self, name: str) -> Recording | None:
        if not fullmatch(SID, name):
            return None
        answer = self.account.get(f"Recordings/{name}.wav")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise ConnectionError(f"HTTP {answer.status}")
        return Recording(answer.octets, WAV)

    def hang_up(self, sid: str) -> None:
        """End a call that an answering machine took. Raises ConnectionError, MayHaveLeft."""
        if fullmatch(SID, sid):
            self.account.post(f"Calls/{sid}.json", [("Status", "completed")])

    def _form(self, message: Message) -> list[tuple[str, str]]:
        line, script = self.line, message.script
        callback = f"{line.callback}/{message.mark}"
        if script is None:
            raise ConnectionError("a call without script")
        form = [
            ("To", message.address),
            ("From", line.sender),
            ("Twiml", twiml.whole(script, callback, line.record)),
            ("Timeout", str(line.ring)),
            ("StatusCallback", f"{callback}/status"),
            ("StatusCallbackMethod", "POST"),
            *(("StatusCallbackEvent", event) for event in ("ringing", "answered", "completed")),
        ]
        if line.machines:
            # It is told while the greeting is said, so that the code is not said to a machine.
            form += [
                ("MachineDetection", "Enable"),
                ("AsyncAmd", "true"),
                ("AsyncAmdStatusCallback", f"{callback}/machine"),
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
        at = _moment(told.get("end_time" if state.final else "start_time")) or self.clock.now()
        seconds = str(told.get("duration") or 0)
        length = int(seconds) if seconds.isdecimal() and state is CallState.ENDED else 0
        found = [CallEvent(call, at, state, length, raw=raw)]
        if state is CallState.ENDED:
            taken = _moment(told.get("start_time")) or at
            found = [CallEvent(call, taken, CallState.ANSWERED, raw=raw), *found, *self._recorded(call, sid)]
        return found

    def _recorded(self, call: str, sid: str) -> Sequence[CallEvent]:
        answer = self.account.get(f"Calls/{sid}/Recordings.json")
        if answer.status != 200:
            return ()
        listed = _read(answer).get("recordings")
        kept = listed if isinstance(listed, list) else []
        return [
            CallEvent(call, _moment(each.get("date_created")) or self.clock.now(), recording=str(each["sid"]))
            for each in kept
            if isinstance(each, dict) and fullmatch(SID, str(each.get("sid"))) and each.get("status") in FINAL
        ]


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.octets)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _moment(words: object) -> datetime | None:
    """An RFC 2822 instant, as this API tells them."""
    try:
        return parsedate_to_datetime(str(words)).astimezone(UTC) if words else None
    except ValueError:
        return None
