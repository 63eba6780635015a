"""Bridged calls as a Twilio-compatible provider tells of them: two calls, of which the second is the first's
child and lasts while both speak.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from gateway.adapters.channels.voice.twilio_words import moment, state_of
from gateway.domain.bridge import Leg
from gateway.domain.voice import CallEvent, CallState

# The list of a call's children may come a little after the call.
PATIENCE = timedelta(seconds=30)
Recorded = Callable[[], Sequence[CallEvent]]


def events_of(
    call: str, parent: dict[str, Any], children: Sequence[dict[str, Any]], recorded: Recorded, now: datetime
) -> Iterator[CallEvent]:
    """What happened so far. A caller who hung up before the called was rung has not been put through."""
    state, raw = _state(parent), json.dumps(parent).encode()
    if state is None:
        return
    started, ended = _at(parent, "start_time", now), _at(parent, "end_time", now)
    if state.unheard:
        yield CallEvent(call, ended, state, leg=Leg.CALLER, raw=raw)
        return
    yield CallEvent(call, started, CallState.ANSWERED, leg=Leg.CALLER, raw=raw)
    for child in children[:1]:
        yield from _of_called(call, child, now)
        if _state(child) is CallState.ENDED:
            yield from recorded()
    if state is CallState.ENDED and not children and now >= ended + PATIENCE:
        yield CallEvent(call, ended, CallState.FAILED, leg=Leg.CALLER, raw=raw)


def told(call: str, what: str, form: dict[str, str], at: datetime, raw: bytes, kind: str) -> CallEvent | None:
    """One callback about an end of the call. That the caller's is over says nothing: the called's does."""
    leg = Leg.CALLED if what.startswith("called") else Leg.CALLER
    if what.endswith("machine"):
        state = state_of("", form.get("AnsweredBy", ""))
    else:
        state = state_of(form.get("CallStatus", ""), form.get("AnsweredBy", ""))
    if state is None or (state is CallState.ENDED and leg is Leg.CALLER):
        return None
    if state is not CallState.ENDED:
        return CallEvent(call, at, state, leg=leg, raw=raw, media_type=kind)
    return CallEvent(call, at, state, _seconds(form.get("CallDuration")), raw=raw, media_type=kind)


def _of_called(call: str, child: dict[str, Any], now: datetime) -> Iterator[CallEvent]:
    state, raw = _state(child), json.dumps(child).encode()
    started, ended = _at(child, "start_time", now), _at(child, "end_time", now)
    if state in {CallState.ANSWERED, CallState.ENDED}:
        yield CallEvent(call, started, CallState.ANSWERED, leg=Leg.CALLED, raw=raw)
    if state is CallState.ENDED:
        yield CallEvent(call, ended, state, _seconds(child.get("duration")), raw=raw)
    elif state is not None and state.unheard:
        yield CallEvent(call, ended, state, leg=Leg.CALLED, raw=raw)


def _state(one: dict[str, Any]) -> CallState | None:
    return state_of(str(one.get("status")), str(one.get("answered_by") or ""))


def _at(one: dict[str, Any], name: str, now: datetime) -> datetime:
    return moment(one.get(name)) or now


def _seconds(words: object) -> int:
    digits = str(words or 0)
    return int(digits) if digits.isdecimal() else 0
