"""What copies for recipients need: one-time links, kept without the links."""

from datetime import datetime
from typing import Protocol

from gateway.domain.copies import CopyLink


class CopyLinks(Protocol):
    def add(self, link: CopyLink) -> None: ...
    def get(self, digest: bytes) -> CopyLink | None: ...
    def spend(self, digest: bytes, at: datetime) -> bool:
        """Compare-and-set, once, before it expires."""

    def made_since(self, guid: str, position: int, since: datetime) -> int:
        """How many this recipient was given after an instant."""
