"""The numbered state machine: one table `(State, Event) -> Move`, forward only, 12 is terminal.

Numbers are frozen and public. A late or duplicate receipt is a row that moves nowhere: it is kept as an
event and never moves a state back. A pair without a row is refused.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from gateway.domain.evidence import ErdsEvent


class State(IntEnum):
    RECEIVED = 0
    VALIDATED = 1
    STAMPED = 2
    SEALED = 3
    DISPATCHED = 4
    NOTIFIED = 5
    ACCESSED = 6
    CONSULTED = 7
    CHALLENGED = 8
    PARTIALLY_DECIDED = 9
    DECIDED = 10
    CLOSING = 11
    CLOSED = 12

    @property
    def closed_to_access(self) -> bool:
        """From 10 on every access answers E000101."""
        return self >= State.DECIDED


class Event(Enum):
    """What happens to a transaction. `*_SOME`: some recipients are terminal; `*_ALL`: nothing is left."""

    VALIDATED = "VALIDATED"
    STAMPED = "STAMPED"
    SEALED = "SEALED"
    DISPATCHED = "DISPATCHED"
    DELIVERED = "DELIVERED"
    ACCESSED = "ACCESSED"
    CONSULTED = "CONSULTED"
    CHALLENGED = "CHALLENGED"
    DECIDED_SOME = "DECIDED_SOME"
    DECIDED_ALL = "DECIDED_ALL"
    CANCELLED = "CANCELLED"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Move:
    """Where an event leads, and the evidence that the move calls for by default."""

    to: State
    evidence: ErdsEvent | None = None


S, E = State, Event

_FORWARD: dict[Event, tuple[State, ErdsEvent | None, range]] = {
    # event: (where it leads, its evidence, the states that it moves on from)
    E.VALIDATED: (S.VALIDATED, ErdsEvent.SUBMISSION_ACCEPTANCE, range(0, 1)),
    E.STAMPED: (S.STAMPED, None, range(1, 2)),
    E.SEALED: (S.SEALED, None, range(2, 3)),
    E.DISPATCHED: (S.DISPATCHED, ErdsEvent.NOTIFICATION_FOR_ACCEPTANCE, range(3, 4)),
    E.DELIVERED: (S.NOTIFIED, ErdsEvent.NOTIFICATION_DELIVERED, range(4, 5)),
    # A recipient may open the link before the relay's receipt arrives, so 4 leads to 6 as well; and so does
    # 3, because the access proves that a notice whose handing over stayed UNKNOWN did arrive.
    E.ACCESSED: (S.ACCESSED, ErdsEvent.NOTIFICATION_ACCESS_TRACKING, range(3, 6)),
    E.CONSULTED: (S.CONSULTED, ErdsEvent.CONTENT_ACCESS_TRACKING, range(6, 7)),
    # A notification is acknowledged before its content is shown: it skips 7 and comes from 6.
    E.CHALLENGED: (S.CHALLENGED, None, range(6, 8)),
    # A recipient may reject, withdraw or prove unreachable at any state from 3 on; time may run out for one
    # after the other, and the issuer cancel, at any state; a service without recipients is decided at 3.
    E.DECIDED_SOME: (S.PARTIALLY_DECIDED, None, range(1, 9)),
    E.DECIDED_ALL: (S.DECIDED, None, range(1, 10)),
    E.CANCELLED: (S.DECIDED, ErdsEvent.CANCELLED, range(1, 10)),
    E.CLOSING: (S.CLOSING, None, range(10, 11)),
    E.CLOSED: (S.CLOSED, None, range(11, 12)),
}

# Events that may arrive late, twice or out of order, and the states in which they are kept as an event
# that moves nothing. Delivery receipts are kept even after 12: they become supplementary evidence.
_KEPT: dict[Event, range] = {
    # More notices follow the first one: reminders, fallbacks, further recipients.
    E.DISPATCHED: range(4, 10),
    # Receipts come when they come.
    E.DELIVERED: range(5, 13),
    # A second recipient, or the same one again, opens what another has already carried further.
    E.ACCESSED: range(6, 10),
    E.CONSULTED: range(7, 10),
    E.CHALLENGED: range(8, 10),
    E.DECIDED_SOME: range(9, 10),
}


def _table() -> dict[tuple[State, Event], Move]:
    table: dict[tuple[State, Event], Move] = {}
    for event, (to, evidence, origins) in _FORWARD.items():
        table.update({(S(origin), event): Move(to, evidence) for origin in origins})
        table.update({(S(here), event): Move(S(here), evidence) for here in _KEPT.get(event, ())})
    return table


TRANSITIONS: dict[tuple[State, Event], Move] = _table()


def move(state: State, event: Event) -> Move | None:
    """What the event does in this state, or None where it is refused."""
    return TRANSITIONS.get((state, event))
