"""Feedback to issuers: what is kept of it, and what calls them. Every compare-and-set says who won."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.feedback import (
    Answer,
    Attempt,
    FeedbackKind,
    Notification,
    Phase,
    Queued,
    SealedSecret,
    Subscription,
)
from gateway.domain.record import EventRecord
from gateway.domain.results import Result


class Subscriptions(Protocol):
    def add(self, subscription: Subscription) -> None: ...
    def get(self, subscription: str) -> Subscription | None: ...
    def lock(self, subscription: str) -> Subscription | None:
        """As `get`, and whoever claims or settles for it waits until this unit of work ends. Events are still
        queued meanwhile."""

    def all(self, issuer: int | None = None) -> Sequence[Subscription]: ...
    def listening(self, issuer: int) -> Sequence[Subscription]:
        """The enabled ones; read once in a unit of work."""

    def set_enabled(self, subscription: str, enabled: bool, stopped: str = "") -> bool:
        """Compare-and-set, False when it is so already; enabled anew it has a clean slate."""

    def served(self, subscription: str, now: datetime) -> None:
        """Its turn was now: others come before it next time."""

    def resting(self, now: datetime) -> int:
        """How many enabled addresses are left alone for the moment."""

    def rest(self, subscription: str, failures: int, until: datetime | None) -> None: ...
    def secrets(self, subscription: str) -> Sequence[SealedSecret]:
        """Oldest first."""

    def add_secret(self, subscription: str, secret: SealedSecret) -> None: ...
    def drop_secret(self, subscription: str, key_id: str) -> bool: ...


class FeedbackQueue(Protocol):
    def queue(
        self, id: str, subscription: str, event: EventRecord, result: Result, now: datetime
    ) -> None: ...
    def ready(self, now: datetime, *, well: bool) -> Sequence[str]:
        """Subscriptions that have something due, whether `next` gives it or not; those without failures
        first, then by whose turn it is. `well`: only those without failures."""

    def in_flight(self, subscription: str, now: datetime) -> int:
        """How many of its notifications are being told, by whichever process."""

    def next(self, subscription: str, now: datetime) -> Queued | None:
        """The earliest due whose transaction has none before it that was not answered."""

    def take(self, queued: Queued, now: datetime, lease_until: datetime) -> Queued | None:
        """Claim by compare-and-set: attempts and fence grow by one, and the attempt's intent is kept."""

    def finish(self, queued: Queued, answer: Answer, now: datetime) -> bool:
        """The result row of the attempt that `take` began, once."""

    def answered(self, queued: Queued, now: datetime) -> bool:
        """WAITING to ANSWERED while the fence is still ours. As with the next two, those behind it of its
        transaction are due when it is: at once, later, or only when it is revived."""

    def later(self, queued: Queued, due_at: datetime) -> bool: ...
    def bury(self, queued: Queued) -> bool: ...
    def hasten(self, subscription: str, now: datetime) -> int:
        """What waited for another try is due now."""

    def get(self, id: str) -> Queued | None: ...
    def revive(self, queued: Queued, now: datetime) -> bool:
        """From ANSWERED or DEAD to WAITING, its patience fresh; False for any other."""

    def of(self, guid: str) -> Sequence[tuple[Queued, Sequence[Attempt]]]:
        """All of a transaction by sequence, each with its attempts."""

    def dead(self, limit: int) -> Sequence[Queued]: ...
    def unanswered(self) -> Mapping[Phase, int]:
        """How many wait, and how many are dead."""

    def oldest(self) -> datetime | None:
        """Since when the oldest that was not answered waits, among enabled subscriptions."""


class Caller(Protocol):
    """One way to call an issuer."""

    def tell(
        self,
        subscription: Subscription,
        secrets: Sequence[SealedSecret],
        notification: Notification,
        now: datetime,
    ) -> Answer:
        """Call once, within bounded time, and never follow a redirect. No refusal raises."""


Callers = Mapping[FeedbackKind, Caller]


class AddressGate(Protocol):
    def check(self, address: str, ca: bytes) -> None:
        """Raises GatewayError: FEEDBACK_ADDRESS (its form), FEEDBACK_NETWORK (where it leads),
        FEEDBACK_UNRESOLVED, or RULE_BROKEN for roots that are none."""


class SecretBox(Protocol):
    """Seals webhook secrets under a key that the database has not."""

    def draw(self) -> str:
        """A fresh secret: 256 bits, printable."""

    def seal(self, subscription: str, key_id: str, secret: str) -> bytes: ...
