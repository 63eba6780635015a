"""Counts of each day (UTC), kept so that no chart has to count transactions. Nothing in them is personal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

# The issuer of figures that are of all issuers together.
EVERYBODY = -1


class Measure(StrEnum):
    """What is counted, by the day on which it happened. Stored: never rename one.

    VOLUME receptions by service · RESULT certificates by result · CHANNEL receipts by channel and outcome ·
    SIGN_TIME signatures and acceptances by how long after the reception. ROLLED marks a day that is final.
    """

    VOLUME = "VOLUME"
    RESULT = "RESULT"
    CHANNEL = "CHANNEL"
    SIGN_TIME = "SIGN_TIME"
    ROLLED = "ROLLED"


@dataclass(frozen=True, slots=True)
class Figure:
    """`day` is YYYY-MM-DD, by UTC."""

    issuer: int
    day: str
    measure: Measure
    label: str
    amount: int


# Upper bounds of the times from reception to signature; the last one has none.
TIMES: tuple[tuple[str, timedelta], ...] = (
    ("5m", timedelta(minutes=5)),
    ("1h", timedelta(hours=1)),
    ("1d", timedelta(days=1)),
    ("3d", timedelta(days=3)),
    ("7d", timedelta(days=7)),
)
LONGER = "more"


def time_label(took: timedelta) -> str:
    return next((label for label, bound in TIMES if took < bound), LONGER)


def begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days(first: date, last: date) -> Iterator[date]:
    """Both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
