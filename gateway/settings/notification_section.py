"""The configuration's section of certified notifications."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class NotificationSection:
    """Certified notifications: acknowledged first, read afterwards."""

    reading_time: timedelta = key(
        "1h", v.duration, "How long the content can be read once it was accepted; never beyond time_to_close."
    )
