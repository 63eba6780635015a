"""The section of custody: what happens to a transaction after it is closed, and how fast."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class CustodySection:
    """What happens after closing or refusal: extension by contract, re-verification, purge."""

    extend_ahead: timedelta = key("30d", v.duration, "How long before its end a contract extends custody.")
    fixity_rate: int = key("10 MiB", v.size, "Octets that each process re-verifies in a second.")
    fixity_period: timedelta = key(
        "30d", v.duration, "In this time everything that is stored is re-verified once."
    )
    refusals: timedelta = key(
        "1827d",
        v.duration_within("1d", "36525d"),
        "How long a refused submission is kept, from its receipt.",
    )
    purge: bool = key("yes", v.flag, "Purge what is over; `no` leaves it to `fehaciente custody purge`.")
