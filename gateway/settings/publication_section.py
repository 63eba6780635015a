"""The configuration's section of publications."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class PublicationSection:
    """What is public for a period, and read from outside meanwhile."""

    check_every: timedelta = key("24h", v.duration, "How often published content is read and compared.")
    address: str = key("", v.optional_text, "Where it is read from, if not from base_url.")
