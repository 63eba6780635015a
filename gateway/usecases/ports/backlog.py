"""What waits to be done, for those who watch over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks of one kind in one state (READY or DEAD): how many, and since when the oldest is due."""

    kind: str
    state: str
    count: int
    oldest: datetime


class Backlog(Protocol):
    def waiting(self) -> Sequence[Waiting]:
        """By kind and state; READY ones that are not due yet count too."""

    def overdue_since(self, now: datetime) -> datetime | None:
        """When the oldest READY task that is due became so."""
