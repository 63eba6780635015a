"""What deposits are made of: the queue of everything that was sealed or fixed since the last one."""

from datetime import datetime
from typing import Protocol


class DepositQueue(Protocol):
    def add(self, owner: str, name: str, sha256: bytes, at: datetime) -> None:
        """Queue a file of `owner` (GUID or request id), in the unit of work that fixes it.

        `name` says which of the owner's files it is, and nothing personal: it goes into the leaf document.
        """
