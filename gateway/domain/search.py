"""What the support console searches by, and what a search finds: rows without anything personal in them.

Pages are told by the place where they begin, newest first, so that page 1,000 costs what page 1 does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from gateway.domain.catalogue import Service
from gateway.domain.results import Result
from gateway.domain.states import State


class SearchBy(StrEnum):
    """Kinds of search; the last three are of people, and go through keyed hashes (marks) only."""

    RECENT = "recent"
    GUID = "guid"
    EXTERNAL_ID = "external_id"
    ISSUER = "issuer"
    BATCH = "batch"
    IDENTITY = "identity"
    PHONE = "phone"
    EMAIL = "email"

    @property
    def personal(self) -> bool:
        return self in {SearchBy.IDENTITY, SearchBy.PHONE, SearchBy.EMAIL}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a page begins: right after the transaction of this reception and GUID, which it leaves out."""

    at: datetime
    guid: str


NEWEST = Place(datetime(9999, 1, 1, tzinfo=UTC), "")
OLDEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """Receptions from `since` on and before `until` (aware, UTC)."""

    since: datetime = OLDEST
    until: datetime = NEWEST.at


EVER = Span()


@dataclass(frozen=True, slots=True)
class Found:
    """One transaction as a list shows it."""

    guid: str
    issuer: int
    external_id: str
    service: Service
    state: State
    result: Result
    received_at: datetime
    updated_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.received_at, self.guid)
