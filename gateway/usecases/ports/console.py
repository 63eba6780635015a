"""What the support console reads beside what every use case does, each by an index that bounds its cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.audit import AuditEntry
from gateway.domain.delivery import Channel, Purpose
from gateway.domain.evidence import ErdsEvent
from gateway.domain.export import Export, ExportPhase
from gateway.domain.figures import Figure
from gateway.domain.record import EvidenceStatus, Task
from gateway.domain.results import Result
from gateway.domain.search import Found, Place, SearchBy, Span
from gateway.domain.states import State


class Searches(Protocol):
    def mark(self, by: SearchBy, text: str) -> str:
        """The keyed hash by which a person's transactions are found; empty for an empty text."""

    def get(self, guid: str) -> Found | None: ...
    def page(
        self, by: SearchBy, values: Sequence[str | int], place: Place, span: Span, limit: int
    ) -> Sequence[Found]:
        """At most `limit` transactions beyond `place` that have one of the values, newest first.

        Values are marks, external ids, numbers of issuers or ids of batches; RECENT needs none.
        """

    def count(self, by: SearchBy, values: Sequence[str | int], span: Span, limit: int) -> int:
        """How many `page` would give in all, but no more than `limit`; somebody twice may count twice."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """An evidence without its octets; `sha256` is of the sealed ones, empty before, and so is `level`."""

    id: str
    event: ErdsEvent
    position: int | None
    event_time: datetime
    status: EvidenceStatus
    sha256: bytes
    stamped_at: datetime | None
    signer_sha256: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class DepositLine:
    """A deposit that a transaction has a leaf in."""

    number: int
    phase: str
    period_to: datetime
    sealed_at: datetime | None
    protocol: str


class Stories(Protocol):
    """What the story of a transaction tells beside the rows that use cases work on."""

    def tasks(self, guid: str) -> Sequence[Task]:
        """Those that are not done, in order of when they are due."""

    def evidences(self, owner: str) -> Sequence[EvidenceLine]:
        """In order of event time, without reading a single body."""

    def certified_at(self, guid: str) -> datetime | None: ...
    def deposits(self, guid: str) -> Sequence[DepositLine]:
        """Oldest first."""

    def queued(self, guid: str) -> bool:
        """Whether something of the transaction waits for the next deposit."""


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """A certificate that an issuer signs with."""

    sha256: bytes
    der: bytes
    added_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An item of a batch that was refused: why, by the code alone, for its details may tell of people."""

    position: int
    external_id: str
    code: str


@dataclass(frozen=True, slots=True)
class TakenItem:
    """An item of a batch that became a transaction, and how far that is."""

    position: int
    external_id: str
    guid: str
    state: State
    result: Result


@dataclass(frozen=True, slots=True)
class Heap:
    """Tasks of one kind, state and lane: how many were counted, and since when the first is due."""

    kind: str
    state: str
    lane: int
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Leases:
    """Tasks in the hands of workers: how many were counted, and when the first and last lease ends."""

    count: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class UnknownEffect:
    """A message of which nobody knows whether it left; nothing is sent again by itself."""

    id: str
    guid: str
    position: int | None
    channel: Channel
    purpose: Purpose
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditPlace:
    """Where a page of the audit log begins: beyond this entry, older than it."""

    at: datetime
    node: str
    sequence: int


class Overviews(Protocol):
    """What the console's overviews show. Counts stop at a limit, so that no view costs more than it."""

    def certificates(self, issuer: int) -> Sequence[CertificateLine]: ...
    def batches(self, external_id: str, limit: int) -> Sequence[str]:
        """Ids of the batches that their issuers call so."""

    def refused(self, batch: str, after: int, limit: int) -> Sequence[RefusedItem]:
        """Items that were refused, in order of position."""

    def taken(self, batch: str, after: int, limit: int) -> Sequence[TakenItem]:
        """Items that became transactions, in order of position."""

    def heaps(self, limit: int) -> Sequence[Heap]:
        """Of the first `limit` tasks of each state that are not done."""

    def unknown(self, limit: int) -> Sequence[UnknownEffect]:
        """Of transactions that are not decided yet, newest first."""

    def leases(self, now: datetime, limit: int) -> Leases: ...
    def audit(self, about: str, person: str, place: AuditPlace | None, limit: int) -> Sequence[AuditEntry]:
        """Newest first; about one thing, by one person, or all."""


Counts = Sequence[tuple[int, str, int]]
"""Issuer, label, how many."""


class Figures(Protocol):
    """Counting within a span of time, by what happened in it; and the counts that are kept."""

    def volume(self, since: datetime, until: datetime) -> Counts:
        """Receptions by service."""

    def results(self, since: datetime, until: datetime) -> Counts:
        """Certificates by the result's number."""

    def channels(self, since: datetime, until: datetime) -> Counts:
        """Receipts by `CHANNEL:OUTCOME`."""

    def signed(self, since: datetime, until: datetime) -> Sequence[tuple[int, datetime, datetime]]:
        """Issuer, reception and decision of each recipient who signed or accepted."""

    def first_reception(self) -> datetime | None: ...
    def put(self, figure: Figure) -> None:
        """Keep it, in place of the one that there was."""

    def last_rolled(self, issuer: int) -> str:
        """The last day that is final; empty: none."""

    def between(self, issuer: int, first: str, last: str) -> Sequence[Figure]:
        """Those of the days from first to last, both included, in no order."""


class Exports(Protocol):
    """Every compare-and-set returns whether this caller won."""

    def add(self, export: Export) -> None: ...
    def get(self, export_id: str) -> Export | None: ...
    def of(self, person: str, limit: int) -> Sequence[Export]:
        """Newest first."""

    def progress(self, export_id: str, found: int, done: int) -> bool:
        """While it is ASKED."""

    def move(self, before: Export, after: Export) -> bool:
        """Compare-and-set of the phase."""

    def ending(self, phase: ExportPhase, now: datetime, limit: int) -> Sequence[Export]:
        """Those in this phase whose life is over."""
