"""Batches and their items as rows, the spool that keeps their files, and what reads those."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO, Protocol

from gateway.domain.batch import (
    Batch,
    BatchCounts,
    BatchItem,
    ItemStatus,
    SpooledFile,
)


class SpoolWriter(Protocol):
    """One file that is being written. Dropped without `finish`, it is removed by the sweep."""

    def write(self, chunk: bytes) -> object: ...
    def finish(self) -> SpooledFile:
        """Synced, file and folder, before it returns."""

    def abandon(self) -> None:
        """Remove what was written; after `finish`, nothing happens."""


class Spool(Protocol):
    """Large files between their arrival and their end, encrypted each under a data key of its own.

    All raise GatewayError(TEMPORARILY_UNAVAILABLE) when the disk refuses.
    """

    def create(self) -> SpoolWriter: ...
    def open(self, file_id: str) -> BinaryIO:
        """The clear octets, seekable, in constant memory; close it. Raises GatewayError: NOT_FOUND, and
        INTERNAL at whatever octets were changed, moved or cut off."""

    def remove(self, file_id: str) -> None:
        """File and data key, for good. There may be none: repeating it is no error."""


class Batches(Protocol):
    """Every compare-and-set returns whether this caller won."""

    def add(self, batch: Batch) -> bool:
        """Insert; False when (issuer, external_id) is taken. Its data key comes first."""

    def get(self, batch_id: str) -> Batch | None: ...
    def by_external_id(self, issuer: int, external_id: str) -> Batch | None: ...
    def listed(self, issuer: int | None, before: datetime, limit: int) -> Sequence[Batch]:
        """Newest first, received before an instant; of one issuer, or of all."""

    def active(self) -> Sequence[Batch]:
        """Those that are RUNNING, in the order in which they are served: priority, then time."""

    def advance(self, before: Batch, after: Batch) -> bool:
        """Compare-and-set by status and step: everything of a batch that changes."""

    def wait(self, batch_id: str, until: datetime) -> None:
        """Let it rest until its issuer's next day."""

    def counts(self, batch: Batch) -> BatchCounts: ...
    def knows_file(self, file_id: str) -> bool:
        """Whether a batch has this file."""

    def ended(self, before: datetime, limit: int) -> Sequence[Batch]:
        """Those that were over before an instant, and whose file nothing needs: no transaction is left."""

    def forget_file(self, batch_id: str) -> bool:
        """Note that the file is gone: `ended` tells of it no more."""


class BatchItems(Protocol):
    def add(self, items: Iterable[BatchItem]) -> None: ...
    def clear(self, batch_id: str) -> None:
        """Remove all of a batch: a reading that was interrupted begins anew."""

    def claim(
        self, batch_id: str, status: ItemStatus, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[BatchItem]:
        """Take the first items of that status whose lease is free, in order of position."""

    def answer(self, item: BatchItem, before: ItemStatus) -> bool:
        """Compare-and-set of an item's answer: only while its status is still `before`."""

    def page(self, batch_id: str, after: int, limit: int) -> Sequence[BatchItem]:
        """In order of position, beyond `after`; only items that have their answer."""

    def of_guid(self, guid: str) -> Sequence[BatchItem]:
        """Where a transaction came in batches."""

    def unanswered(self, batch_id: str) -> bool:
        """Whether an item is WAITING or CHECKED."""

    def left(self, batch_id: str, status: ItemStatus) -> bool: ...


class Quotas(Protocol):
    """How many transactions of an issuer's batches were taken on a day."""

    def taken(self, issuer: int, day: str) -> int:
        """`day` is a date by UTC, YYYY-MM-DD."""

    def take(self, issuer: int, day: str, count: int, limit: int) -> bool:
        """Add `count`, compare-and-set; False, and nothing added, beyond `limit` (0: no limit)."""


class Reservations(Protocol):
    """External ids that an ALL_OR_NOTHING batch has checked and will take: nobody else may meanwhile."""

    def lock(self, issuer: int) -> None:
        """Until this unit of work ends, none of the issuer's transactions is inserted elsewhere."""

    def add(self, issuer: int, external_id: str, batch_id: str, content_digest: bytes) -> bool:
        """False when somebody has reserved it."""

    def holder(self, issuer: int, external_id: str) -> tuple[str, bytes] | None:
        """Batch and content digest."""

    def release(self, batch_id: str) -> None: ...
