"""What fixity needs: whose turn it is, what was found, and somebody who is told of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.fixity import FixityCheck, FixityClaim, FixityFailure, FixityRow, FixityTotals


class FixityStore(Protocol):
    """One row an owner (GUID, refused submission, tombstone). Claims are compare-and-set by fence."""

    def unenrolled(self, after_owner: str, limit: int) -> Sequence[str]:
        """Owners of data keys that have no row, in their order."""

    def enrol(self, owners: Sequence[str], now: datetime) -> int:
        """Rows, due now, for owners that have none; how many."""

    def all_due(self, now: datetime) -> int:
        """Everything is to be checked again; how many are due now."""

    def claim(self, now: datetime, lease_until: datetime) -> FixityClaim | None:
        """The one that is due for longest, if nobody has it."""

    def finish(self, claim: FixityClaim, check: FixityCheck, at: datetime, due_at: datetime) -> bool:
        """Keep what was found, while the fence is still ours."""

    def drop(self, owner: str) -> None:
        """The owner was purged meanwhile."""

    def refused_raw(self, owner: str) -> bytes | None:
        """The SHA-256 of a refused submission's raw octets."""

    def totals(self, now: datetime) -> FixityTotals: ...
    def page(self, after_owner: str, limit: int) -> Sequence[FixityRow]:
        """In order of owner."""

    def open_failures(self, owner: str = "") -> Sequence[FixityFailure]:
        """What was found wrong and not whole again; of one owner, or of all."""

    def fail(self, failure: FixityFailure) -> None: ...
    def mend(self, owner: str, object_name: str, at: datetime) -> None: ...


# The SHA-256 that a time-stamp token (DER) is over, once it was found whole: raises GatewayError otherwise.
StampCheck = Callable[[bytes, bytes], None]

# Told of every failure that is new: logs and metrics.
FixityAlarm = Callable[[FixityFailure], None]
