"""What the support console reads beside what every use case does, each by an index that bounds its cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EvidenceStatus, Task
from gateway.domain.search import Found, Place, SearchBy, Span


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


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """An evidence without its octets; `sha256` is of the sealed ones, empty before."""

    id: str
    event: ErdsEvent
    position: int | None
    event_time: datetime
    status: EvidenceStatus
    sha256: bytes
    stamped_at: datetime | None
    signer_sha256: str


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
