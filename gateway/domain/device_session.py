"""A recipient's session at the portal: bound to the device that identified itself, and ended by rule.

Only digests are kept: nobody who reads them can open anything with them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=12)


class EndedBy(StrEnum):
    """Why a session is over. Stored: never rename one."""

    ANOTHER_DEVICE = "ANOTHER_DEVICE"
    SAME_DEVICE = "SAME_DEVICE"


@dataclass(frozen=True, slots=True)
class DeviceSession:
    """`session`, `device` and `agent` are SHA-256 of the two cookies' ids and of the browser's own words.

    A new identification of the same recipient, wherever, ends the earlier session (decision 0041).
    """

    session: bytes
    device: bytes
    guid: str
    position: int
    link_version: int
    opened_at: datetime
    seen_at: datetime
    agent: bytes = b""
    embedded: bool = False
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None

    def lives(self, now: datetime) -> bool:
        """Neither ended, nor idle for half an hour, nor older than half a day."""
        return self.ended_at is None and now - self.seen_at < IDLE and now - self.opened_at < LIFE
