"""Batches and their items as rows, the spool that keeps their files, and what reads those."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from gateway.domain.batch import Batch, BatchCounts, BatchItem, BatchPolicy, ItemStatus, SpooledFile
from gateway.domain.errors import GatewayError
from gateway.domain.transaction import Transaction


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

    def withhold(self, batch_id: str, code: str) -> None:
        """Refuse every CHECKED item of the batch."""

    def free(self, item: BatchItem) -> None:
        """End its lease: somebody may claim it at once."""

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


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What a batch file says of itself, once read to its end and found good.

    `signer_sha256` (hexadecimal) is the certificate of the file's own valid signature, trusted but not yet
    known as the issuer's; empty without one. `content_id` is the spooled XML when the file is a ZIP.
    """

    external_id: str
    policy: BatchPolicy | None
    items: int
    signer_sha256: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item as its octets say; with a `refusal`, everything but the octets may be missing.

    `signer_sha256` is the certificate of its own valid signature, trusted; empty without one.
    """

    octets: bytes
    external_id: str = ""
    transaction: Transaction | None = None
    content_digest: bytes = b""
    signer_sha256: str = ""
    refusal: GatewayError | None = None


class BatchReading(Protocol):
    """The first pass over a file, in constant memory."""

    def places(self) -> Iterator[Sequence[tuple[int, int]]]:
        """Where items begin in the batch's XML, and their sizes, in order and some at a time.

        Raises GatewayError for a file that is refused, at whatever place.
        """

    def facts(self) -> BatchFacts:
        """After the last place. Raises GatewayError for a signature that does not hold."""


class OpenBatch(Protocol):
    """A file whose items are read one by one, at any place."""

    def read(self, item: BatchItem) -> ReadItem:
        """Raises only what passes by itself, or is no fault of the item's."""


class BatchFiles(Protocol):
    """How batch files are read: XML, or ZIP with the documents beside it."""

    def external_id(self, file_id: str) -> str:
        """What a spooled file calls itself, at its beginning. Raises GatewayError for what is no batch."""

    def reading(self, batch: Batch) -> AbstractContextManager[BatchReading]: ...
    def open(self, batch: Batch) -> AbstractContextManager[OpenBatch]: ...


class Incoming(Protocol):
    """A file of a drop folder, ours alone while it is open; with a `problem`, it is not read."""

    @property
    def name(self) -> str: ...
    @property
    def problem(self) -> str: ...
    def is_there(self, folder: int, name: str) -> bool:
        """Whether an open folder's file of that name is this one, or there is none."""

    def pieces(self) -> Iterator[bytes]:
        """Its octets. Raises GatewayError(TEMPORARILY_UNAVAILABLE) when it was changed meanwhile."""


class DropFolder(Protocol):
    """A folder of issuers' folders. Files are renamed, synced, never copied; losing a race is no error."""

    def issuers(self) -> Sequence[int]: ...
    def incoming(self, issuer: int) -> Iterator[Incoming]:
        """Files that are whole; each is locked until the next is asked for."""

    def begin(self, issuer: int, file: Incoming, batch_id: str) -> None:
        """Set a file aside whose batch exists; another one that has its name since comes in again."""

    def begun(self, issuer: int) -> Sequence[tuple[str, str]]:
        """Batch and name of the files set aside."""

    def put_back(self, issuer: int, name: str, batch_id: str) -> None:
        """Among those that come in, one that was set aside: its batch is not known any more."""

    def end(self, issuer: int, name: str, batch_id: str, *, taken: bool, report: Iterable[str]) -> None:
        """Write the report first, then put the file beside it."""

    def refuse(self, issuer: int, name: str, report: Iterable[str]) -> None:
        """Of a file that never became a batch."""
