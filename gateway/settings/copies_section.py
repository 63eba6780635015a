"""The configuration's section of what recipients get at the end."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class CopiesSection:
    """What recipients get when a transaction is closed: word of the outcome, copies of their evidence."""

    tell: bool = key("yes", v.flag, "Tell every recipient who was notified how it ended.")
    mail_limit: int = key("8 MiB", v.size, "What one e-mail may carry; more is fetched by a one-time link.")
    life: timedelta = key("24h", v.duration, "Life of a one-time download link.")
    session: timedelta = key("20m", v.duration, "How long files may be fetched once the link was opened.")
    a_day: int = key("3", v.integer(1, 100), "Links that one recipient may be sent in a day.")
    pack: bool = key("no", v.flag, "Give each recipient the evidence pack with everybody's documents.")
