"""What is kept of custody after closing. Every compare-and-set returns whether this caller won."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.archive import ImportedRecord
from gateway.domain.custody import CustodyContract, Extension, Hold, Tombstone


class CustodyStore(Protocol):
    """Ends of custody, their extensions and the contracts that move them."""

    def extend(self, extension: Extension) -> bool:
        """Compare-and-set of the end from `old_end` to `new_end`, and the row that says so."""

    def extensions(self, guid: str) -> Sequence[Extension]:
        """Oldest first."""

    def set_contract(self, contract: CustodyContract) -> None:
        """Instead of the one that there was."""

    def end_contract(self, issuer: int) -> bool: ...
    def contract(self, issuer: int) -> CustodyContract | None: ...
    def contracts(self) -> Sequence[CustodyContract]: ...
    def ending(
        self, issuer: int, before: datetime, after: tuple[datetime, str], limit: int
    ) -> Sequence[tuple[datetime, str]]:
        """Ends and GUIDs of the issuer's whose custody ends before an instant, in their order, beyond one."""

    def closed(self, issuer: int, after_guid: str, limit: int) -> Sequence[str]:
        """GUIDs of the issuer beyond `after_guid`, in their order, that are closed and certified."""

    def counts(self, issuer: int) -> tuple[int, int]:
        """How many of the issuer's transactions are closed and certified, and how many are not."""

    def keep(self, extension: Extension) -> None:
        """An extension that happened elsewhere: its row only."""

    def imported(self, guid: str, export_id: str, sha256: bytes, at: datetime) -> None:
        """Which archive a transaction came with, and the digest of its file there."""

    def add_record(self, record: ImportedRecord) -> None: ...
    def records(self, guid: str) -> Sequence[ImportedRecord]:
        """Evidence records that came with an imported transaction, in their order."""

    def ended(self, before: datetime, after_guid: str, limit: int) -> Sequence[str]:
        """GUIDs beyond `after_guid`, in their order, whose custody ended before an instant and that are not
        on hold."""


class Holds(Protocol):
    def place(self, hold: Hold) -> None: ...
    def release(self, guid: str, reason: str, at: datetime, by: str) -> int:
        """How many were released."""

    def of(self, guid: str) -> Sequence[Hold]:
        """Oldest first, with those that were released."""

    def active(self) -> Sequence[Hold]: ...


class Tombstones(Protocol):
    """What is purged, and what is left of it."""

    def add(self, tombstone: Tombstone) -> None: ...
    def get(self, guid: str) -> Tombstone | None: ...
    def marked(self, external_mark: bytes) -> Tombstone | None: ...
    def undeposited(self, guid: str) -> bool:
        """Whether anything of the transaction still waits for a deposit, or for its deposit to be sealed."""

    def has_work(self, guid: str) -> bool:
        """Whether a task of the transaction is still to be done."""

    def erase(self, guid: str) -> None:
        """Delete every row of the transaction, in whatever table, but its leaves in deposits, which say
        nothing without its data key; that one is destroyed by `Keys`."""
