"""The section of the web sender: the keys that it signs with, and how long drafts live."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class SenderSection:
    """The web sender (`/send`), for issuers without integration."""

    keys: Path = key("keys/issuers", v.path, "Folder of the keys that sign in issuers' names.")
    draft_life: timedelta = key(
        "30d", v.duration_within("1h", "366d"), "How long an untouched draft is kept."
    )
    drafts: int = key("500", v.integer(1, 100_000), "Drafts that an issuer may have at once.")
