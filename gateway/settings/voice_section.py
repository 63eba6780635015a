"""The section of calls to recipients."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key

ANSWERS = ("accept", "silent", "busy", "no-answer", "machine", "failed")


@dataclass(frozen=True, slots=True)
class VoiceSection:
    """Calls to recipients."""

    channel: str = key("console", v.choice("console"), "`console` is for development only.")
    call_after: timedelta = key("2m", v.duration, "SMS_VOICE: how long an SMS may stay unused before a call.")
    answer: str = key("accept", v.choice(*ANSWERS), "What the called person does in development.")
