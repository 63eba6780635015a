"""A call that was asked for, to JSON values and back, field by field."""

from typing import Any

from gateway.domain.bridge import BridgedCall, CallWay, Speaker

J = dict[str, Any]


def bridged_to(call: BridgedCall) -> J:
    return {
        "caller": _speaker_to(call.caller),
        "called": _speaker_to(call.called),
        "way": call.way.value,
        "attempts": call.attempts,
    }


def bridged_from(stored: J) -> BridgedCall:
    caller, called = Speaker(**stored["caller"]), Speaker(**stored["called"])
    return BridgedCall(caller, called, CallWay(stored["way"]), stored["attempts"])


def _speaker_to(speaker: Speaker) -> J:
    return {"name": speaker.name, "phone": speaker.phone}
