"""The recipients' door: how many wrong identifiers are free, and how long a pause lasts."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class DoorSection:
    """Identification of recipients at the portal. Limits are counted in the database, for all processes."""

    per_transaction: int = key(
        "10", v.integer(3, 1000), "Wrong identifiers at one transaction until a pause."
    )
    per_identifier: int = key("20", v.integer(3, 1000), "The same wrong identifier, at whatever link.")
    per_address: int = key("30", v.integer(3, 100000), "Wrong identifiers and links from one address.")
    window: timedelta = key("1h", v.duration, "Failures are forgotten once there was none for so long.")
    pause: timedelta = key("15m", v.duration, "How long a pause lasts.")
    captcha_after: int = key("2", v.integer(1, 5), "Wrong identifiers until the CAPTCHA is asked for.")
    ticket_life: timedelta = key("5m", v.duration, "How long a link of GetAccessUrl may be opened.")
