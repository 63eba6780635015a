"""How facts are printed: one a line, tab-separated, without what would command a terminal."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def line(*fields: str) -> None:
    print("\t".join("".join(each if each.isprintable() else "\ufffd" for each in field) for field in fields))


def time(moment: datetime) -> str:
    """UTC, ISO 8601."""
    return moment.astimezone(UTC).isoformat()


def counted(items: Iterable[T], total: int, what: str) -> Iterable[T]:
    """The items as they come, with a bar on standard error while a person looks on."""
    if not sys.stderr.isatty():
        return items
    return track(items, description=what, total=total, console=Console(stderr=True))


def progress(items: Sequence[T], what: str) -> Iterable[T]:
    """As `counted`, of what is all there already; no bar for a single one."""
    return items if len(items) < 2 else counted(items, len(items), what)
