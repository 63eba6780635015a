"""Batches: many transactions in one file, each with an answer of its own.

A batch goes forward only: RECEIVED (its file is durable), RUNNING (its items are known), then FINISHED (each
has its answer) or REFUSED (the file, or by ALL_OR_NOTHING all of it). Positions count from 1.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class BatchStatus(Enum):
    """As in xsd/batch.xsd."""

    RECEIVED = "RECEIVED"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    REFUSED = "REFUSED"

    @property
    def over(self) -> bool:
        return self in (BatchStatus.FINISHED, BatchStatus.REFUSED)


class BatchPolicy(Enum):
    """What one bad item does to the others: nothing, or it has all of them refused."""

    BEST_EFFORT = "BEST_EFFORT"
    ALL_OR_NOTHING = "ALL_OR_NOTHING"


class BatchStep(Enum):
    """Which work is under way. CHECK is ALL_OR_NOTHING's alone: everything is checked before any is taken."""

    READ = "READ"
    CHECK = "CHECK"
    TAKE = "TAKE"
    DONE = "DONE"


class ItemStatus(Enum):
    """WAITING and CHECKED have no answer yet."""

    WAITING = "WAITING"
    CHECKED = "CHECKED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """A file in the spool: encrypted, synced, and never changed again; size in octets."""

    id: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """`id` is also its file's in the spool, and the owner of the data key of both.

    `signer_sha256` (hexadecimal) is the certificate of who brought it, empty for a folder. `covered`: that
    signature is over the file's digest too, so that items need none; otherwise the file's own covers them, by
    the certificate `file_signer`, or each has one. `content_id` is the spooled XML of a ZIP. `accepted`
    and `refused` are fixed at the end. `wait_until`: its issuer's daily limit is reached until then.
    """

    id: str
    issuer: int
    external_id: str
    policy: BatchPolicy
    priority: int
    file_sha256: bytes
    file_size: int
    signer_sha256: str
    covered: bool
    request_id: str
    received_at: datetime
    status: BatchStatus = BatchStatus.RECEIVED
    step: BatchStep = BatchStep.READ
    content_id: str = ""
    file_signer: str = ""
    total: int = 0
    accepted: int = 0
    refused: int = 0
    code: str = ""
    detail: str = ""
    finished_at: datetime | None = None
    wait_until: datetime | None = None

    @property
    def items_covered(self) -> str:
        """Hexadecimal digest of the certificate whose signature covers every item; empty: of none."""
        return self.file_signer or (self.signer_sha256 if self.covered else "")


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One item: where its octets stand in the batch's XML, and its answer.

    Refused ones have the fault's `code` and its `detail`; accepted ones the `guid`, which they share with an
    earlier submission of the same external id and content.
    """

    batch: str
    position: int
    start: int
    size: int
    external_id: str = ""
    status: ItemStatus = ItemStatus.WAITING
    guid: str = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """How far a batch is: items by answer, and its transactions by (state, result), public numbers both."""

    total: int
    accepted: int
    refused: int
    states: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return self.total - self.accepted - self.refused
