"""The configuration's section of pages: documents drawn for recipients' browsers."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class PagesSection:
    """Documents page by page: each page is drawn in a process of its own."""

    time: timedelta = key("10s", v.duration, "Longest drawing of a page; what takes longer is downloaded.")
    memory: int = key("512 MiB", v.size, "Most memory of a drawing.")
    pixels: int = key("12000000", v.integer(1_000_000, 50_000_000), "Most pixels of a page.")
    at_once: int = key("2", v.integer(1, 64), "Pages that a process of the gateway draws at a time.")
    remembered: int = key("32 MiB", v.size, "Pages kept in memory for two minutes, never on a disk.")
