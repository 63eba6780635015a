"""What issuers are told by calls to their own systems: subscriptions, notifications, attempts and patience.

A notification tells of one event of one transaction and holds nothing of any person: no name, address,
telephone or text of anybody's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

from gateway.domain.results import Result
from gateway.domain.states import State

EVERYTHING = "*"
EVENT = re.compile(r"[A-Z][A-Z0-9_]{0,63}", re.ASCII)
TEST_EVENT = "TEST"
# Of 4xx these say that the address is in trouble, not that it dislikes one notification.
BUSY = (408, 429)


class FeedbackKind(StrEnum):
    """How an issuer is called. Stored: never rename one."""

    SOAP = "SOAP"
    WEBHOOK = "WEBHOOK"


class Phase(StrEnum):
    """Where a notification is. DEAD waits for support, and those behind it of its transaction with it."""

    WAITING = "WAITING"
    ANSWERED = "ANSWERED"
    DEAD = "DEAD"


class Telling(Enum):
    """How one attempt ended. Only ACKNOWLEDGED settles a notification; after any other it is told again.

    FAULT is the contract's own FeedbackFault, BAD_ANSWER an answer that says nothing (a redirect, another id,
    too much), GONE HTTP 410. NOT_SENT is our own trouble: the issuer was not called.
    """

    ACKNOWLEDGED = "ACKNOWLEDGED"
    REFUSED = "REFUSED"
    FAULT = "FAULT"
    GONE = "GONE"
    BAD_ANSWER = "BAD_ANSWER"
    TIMEOUT = "TIMEOUT"
    UNREACHABLE = "UNREACHABLE"
    TLS_REFUSED = "TLS_REFUSED"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    NOT_SENT = "NOT_SENT"


_DEAF = {Telling.TIMEOUT, Telling.UNREACHABLE, Telling.TLS_REFUSED, Telling.ADDRESS_REFUSED}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: `status` is HTTP's, if there was one; `detail` is our own word, never theirs."""

    telling: Telling
    status: int | None = None
    detail: str = ""

    @property
    def address_failed(self) -> bool:
        """Whether the address itself is in trouble, so that others wait too."""
        if self.telling is Telling.REFUSED and self.status is not None:
            return self.status >= 500 or self.status in BUSY
        return self.telling in _DEAF


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A webhook's HMAC secret by its key id, sealed under a key that is not in the database."""

    key_id: str
    sealed: bytes
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address of an issuer and what it is told; an address that fails rests until `rest_until`.

    `events` are kinds of events, or `*` alone. `pins` are SHA-256 of accepted SubjectPublicKeyInfo; `ca` is
    PEM of the only roots that TLS is verified with (empty: the system's). `stopped`: why it is not enabled.
    """

    id: str
    issuer: int
    kind: FeedbackKind
    address: str
    events: tuple[str, ...]
    created_at: datetime
    pins: tuple[bytes, ...] = ()
    ca: bytes = b""
    enabled: bool = True
    stopped: str = ""
    failures: int = 0
    rest_until: datetime | None = None

    def wants(self, kind: str) -> bool:
        return self.events == (EVERYTHING,) or kind in self.events


@dataclass(frozen=True, slots=True)
class Notification:
    """One event as an issuer is told of it; `id` stays the same however often. `position` is 0-based.

    `sandbox`: the transaction is a test.
    """

    id: str
    guid: str
    external_id: str
    sequence: int
    event_id: str
    kind: str
    state: State
    result: Result
    position: int | None
    at: datetime
    recorded_at: datetime
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """A notification in the queue of its subscription. `fence` grows with every claim."""

    notification: Notification
    subscription: str
    phase: Phase
    queued_at: datetime
    due_at: datetime
    attempts: int
    fence: int
    tried_since: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call: the intent, and the result once there is one. Without, nobody knows what became of it."""

    notification: str
    guid: str
    number: int
    intended_at: datetime
    telling: Telling | None = None
    finished_at: datetime | None = None
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited: between attempts, with an address that fails, and altogether until DEAD."""

    first: timedelta = timedelta(seconds=10)
    longest: timedelta = timedelta(hours=6)
    rest: timedelta = timedelta(seconds=5)
    longest_rest: timedelta = timedelta(minutes=15)
    give_up: timedelta = timedelta(days=5)

    def pause(self, tried: timedelta, chance: Callable[[], float]) -> timedelta:
        """Until the next attempt at what was tried for so long already: as long again, so that the time
        doubles. `chance` (0 to 1) spreads it over its upper half, lest all come back together."""
        return min(self.longest, max(self.first, tried)) * (0.5 + chance() / 2)

    def resting(self, failures: int, chance: Callable[[], float]) -> timedelta:
        """After so many failures of an address on end."""
        # 2**30 already exceeds any cap, and greater powers would overflow.
        doubled = self.rest * 2.0 ** min(max(failures - 1, 0), 30)
        return min(self.longest_rest, doubled) * (0.5 + chance() / 2)
