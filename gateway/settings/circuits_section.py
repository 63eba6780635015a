"""The section of circuits: what holds where an issuer has no circuit of its own."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.quiet import QuietHours, is_zone
from gateway.settings import values as v
from gateway.settings.values import key


def _quiet(raw: str) -> QuietHours | None:
    return QuietHours.parse(raw)


def _zone(raw: str) -> str:
    if not is_zone(raw):
        raise ValueError("must be a zone of the IANA database, as Europe/Madrid")
    return raw


@dataclass(frozen=True, slots=True)
class CircuitsSection:
    """Limits of reminders and fallbacks, where an issuer has none of its own (`issuer circuit`)."""

    quiet: QuietHours | None = key("21:00-08:00", _quiet, "Hours in which none is sent; empty: none.")
    zone: str = key("Europe/Madrid", _zone, "Zone of these hours.")
    most: int = key("6", v.integer(0, 40), "Messages of a circuit to one recipient of a transaction.")
    a_day: int = key("3", v.integer(1, 40), "Messages to one recipient of a transaction in 24 hours.")
    apart: timedelta = key("1h", v.duration, "Between a message that may have arrived and the next one.")
