"""A transaction as a line of a list: how far it is and how it ended, and nothing of people."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.results import RecipientState, Result
from gateway.domain.states import State


@dataclass(frozen=True, slots=True)
class ListedRecipient:
    """`position` is 0-based."""

    position: int
    state: RecipientState
    result: Result
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    guid: str
    external_id: str
    state: State
    result: Result
    received_at: datetime
    updated_at: datetime
    recipients: tuple[ListedRecipient, ...] = ()
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Received at or after `received_from` and before `received_until`; None wants all."""

    received_from: datetime | None = None
    received_until: datetime | None = None
    state: State | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of lists: it never moves, whatever comes later."""

    received_at: datetime
    guid: str
