"""What a Twilio-compatible provider says by callback, and what its calls are answered.

It believes nothing that the account's token did not sign. Keeping what came is not its business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from re import fullmatch
from typing import Any

from gateway.adapters.channels.voice import twiml
from gateway.adapters.channels.voice.twilio import SID, Clock, TwilioVoice
from gateway.adapters.channels.voice.twilio_http import MayHaveLeft
from gateway.adapters.channels.voice.twilio_signature import Form, genuine
from gateway.adapters.channels.voice.twilio_words import machine, state_of
from gateway.domain.voice import CallEvent, CallScript, CallState

FORM = "application/x-www-form-urlencoded"
SIGNATURE = "HTTP_X_TWILIO_SIGNATURE"


@dataclass(frozen=True, slots=True)
class TwilioCallbacks:
    """`what` is the last segment of a callback's path: status, machine, recording, key or spoken."""

    voice: TwilioVoice
    clock: Clock

    def genuine(self, rest: str, form: Form, environ: dict[str, Any]) -> bool:
        """`rest` is what follows the configured public address: path, and query if there is one."""
        url = f"{self.voice.line.callback}{rest}"
        return genuine(self.voice.account.token, url, form, str(environ.get(SIGNATURE, "")))

    def read(self, call: str, what: str, form: Form, raw: bytes) -> Sequence[CallEvent]:
        """What happened to our `call`; nothing where nothing new is said."""
        told = dict(form)
        at = _moment(told.get("Timestamp", "")) or self.clock.now()
        if what == "recording":
            name = told.get("RecordingSid", "")
            there = told.get("RecordingStatus") == "completed" and fullmatch(SID, name)
            return (CallEvent(call, at, recording=name, raw=raw, media_type=FORM),) if there else ()
        if what not in {"status", "machine"}:
            return ()
        if what == "machine":
            state = CallState.MACHINE if machine(told.get("AnsweredBy", "")) else None
        else:
            state = state_of(told.get("CallStatus", ""), told.get("AnsweredBy", ""))
        seconds = told.get("CallDuration", "")
        length = int(seconds) if seconds.isdecimal() and state is CallState.ENDED else 0
        return (CallEvent(call, at, state, length, raw=raw, media_type=FORM),) if state else ()

    def answer(self, what: str, script: CallScript | None, mark: str) -> str:
        """What the call goes on with; empty where nobody waits for words."""
        line = self.voice.line
        if what == "key" and script is not None:
            return twiml.rest(script, f"{line.callback}/{mark}", line.record)
        return twiml.farewell(script) if what in {"key", "spoken"} else ""

    def afterwards(self, events: Sequence[CallEvent], form: Form) -> None:
        """A machine is not talked to: its call is ended, unless the provider cannot be reached."""
        if any(event.state is CallState.MACHINE for event in events):
            try:
                self.voice.hang_up(dict(form).get("CallSid", ""))
            except (ConnectionError, MayHaveLeft):
                # The call ends by itself; its code is void already.
                return


def _moment(words: str) -> datetime | None:
    try:
        return parsedate_to_datetime(words).astimezone(UTC) if words else None
    except ValueError:
        return None
