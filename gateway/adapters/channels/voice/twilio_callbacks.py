"""What a Twilio-compatible provider says by callback, and what its calls are answered.

It believes nothing that the account's token did not sign. Keeping what came is not its business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from re import fullmatch
from typing import Any

from gateway.adapters.channels.voice import twilio_bridge, twiml
from gateway.adapters.channels.voice.twilio import SID, Clock, TwilioVoice, named
from gateway.adapters.channels.voice.twilio_http import MayHaveLeft
from gateway.adapters.channels.voice.twilio_signature import Form, genuine
from gateway.adapters.channels.voice.twilio_words import moment, state_of
from gateway.domain.bridge import Leg
from gateway.domain.delivery import Message
from gateway.domain.voice import CallEvent, CallState

BRIDGED = frozenset({"caller", "callermachine", "called", "calledmachine"})
FORM = "application/x-www-form-urlencoded"
SIGNATURE = "HTTP_X_TWILIO_SIGNATURE"


@dataclass(frozen=True, slots=True)
class TwilioCallbacks:
    """`what` is the last segment of a callback's path: of a call to one person status, machine, key or
    spoken; of one between two BRIDGED, announce or dialled; of either recording."""

    voice: TwilioVoice
    clock: Clock

    def genuine(self, rest: str, form: Form, environ: dict[str, Any]) -> bool:
        """`rest` is what follows the configured public address: path, and query if there is one."""
        url = f"{self.voice.line.callback}{rest}"
        return genuine(self.voice.account.token, url, form, str(environ.get(SIGNATURE, "")))

    def read(self, call: str, what: str, form: Form, raw: bytes) -> Sequence[CallEvent]:
        """What happened to our `call`; nothing where nothing new is said."""
        told = dict(form)
        at = moment(told.get("Timestamp", "")) or self.clock.now()
        if what == "recording":
            return _recorded(call, told, at, raw)
        if what in BRIDGED:
            event = twilio_bridge.told(call, what, told, at, raw, FORM)
            return (event,) if event else ()
        if what not in {"status", "machine"}:
            return ()
        status = "" if what == "machine" else told.get("CallStatus", "")
        state = state_of(status, told.get("AnsweredBy", ""))
        seconds = told.get("CallDuration", "")
        length = int(seconds) if seconds.isdecimal() and state is CallState.ENDED else 0
        if state is None:
            return ()
        by_person = self.voice.line.machines
        return (CallEvent(call, at, state, length, raw=raw, media_type=FORM, by_person=by_person),)

    def answer(self, what: str, words: Message | None, mark: str) -> str:
        """What the call goes on with; empty where nobody waits for words."""
        line, script = self.voice.line, words.script if words else None
        if what == "announce" and words and words.bridge:
            return twiml.announcement(words.bridge)
        if what == "key" and script is not None:
            return twiml.rest(script, f"{line.callback}/{mark}", line.record)
        return twiml.farewell(script) if what in {"announce", "dialled", "key", "spoken"} else ""

    def caller(self, form: Form) -> str:
        """Who rings our number; "" where it was another that was rung."""
        told = dict(form)
        return told.get("From", "") if told.get("To") == self.voice.line.sender else ""

    def taken(self, form: Form, raw: bytes, expected: Message | None) -> tuple[Sequence[CallEvent], str]:
        """What happened by a call to our number, and what it goes on with."""
        if expected is None or expected.bridge is None:
            return (), twiml.rejection()
        at = moment(dict(form).get("Timestamp")) or self.clock.now()
        event = CallEvent(expected.id, at, CallState.ANSWERED, leg=Leg.CALLER, raw=raw, media_type=FORM)
        return (event,), self.voice.bridged(expected.bridge, expected.mark)

    def afterwards(self, events: Sequence[CallEvent], form: Form) -> None:
        """A machine is not talked to: its call is ended, unless the provider cannot be reached."""
        if any(event.state is CallState.MACHINE for event in events):
            try:
                self.voice.hang_up(dict(form).get("CallSid", ""))
            except (ConnectionError, MayHaveLeft):
                # The call ends by itself; its code is void already.
                return


def _recorded(call: str, told: dict[str, str], at: datetime, raw: bytes) -> Sequence[CallEvent]:
    there = told.get("RecordingStatus") == "completed" and fullmatch(SID, told.get("RecordingSid", ""))
    if not there:
        return ()
    name = named({"sid": told["RecordingSid"], "channels": told.get("RecordingChannels")})
    return (CallEvent(call, at, recording=name, raw=raw, media_type=FORM),)
