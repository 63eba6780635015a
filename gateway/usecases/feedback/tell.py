"""Tells issuers what is queued for them: one claimed notification, one call, one result.

The intent is committed before the call and the result after it; whoever dies in between leaves a lease that
ends, and the same notification is told again under the same id. How issuers are called is the callers' work.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.feedback import Answer, Patience, Queued, SealedSecret, Subscription, Telling
from gateway.usecases.ports import Callers, Clock, Database, UnitOfWork


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker has in hand: nobody else tells it before the lease ends."""

    queued: Queued
    subscription: Subscription
    secrets: Sequence[SealedSecret]


@dataclass(frozen=True, slots=True)
class TellIssuers:
    """`at_once` calls reach one address at the same time, one while it fails; `lease` must outlast a call.

    `chance` draws the jitter of pauses, from 0 to 1; `observe` hears how each call ended.
    """

    database: Database
    callers: Callers
    clock: Clock
    patience: Patience
    lease: timedelta
    at_once: int
    chance: Callable[[], float]
    observe: Callable[[Subscription, Answer, timedelta], None]

    def __call__(self, *, well: bool = False) -> bool:
        """Tell one notification that is due; False when there is none. `well`: of no address that fails, so
        that some threads are always left for those that answer."""
        claimed = self.claim(well=well)
        if claimed is None:
            return False
        self.tell(claimed)
        return True

    def claim(self, *, well: bool = False) -> Claimed | None:
        now = self.clock.now()
        with self.database.read() as uow:
            due = uow.feedback.ready(now, well=well)
            ready = [each for each in due if self._has_place(uow, each, now)]
        for subscription in ready:
            claimed = self._claim(subscription, now)
            if claimed is not None:
                return claimed
        return None

    def tell(self, claimed: Claimed) -> Answer:
        """Call, and keep what came of it. A caller that raises was not able to: the error passes on."""
        begun = self.clock.now()
        answer = Answer(Telling.NOT_SENT, detail="error")
        try:
            caller = self.callers[claimed.subscription.kind]
            answer = caller.tell(claimed.subscription, claimed.secrets, claimed.queued.notification, begun)
        finally:
            self._settle(claimed, answer)
            self.observe(claimed.subscription, answer, self.clock.now() - begun)
        return answer

    def _has_place(self, uow: UnitOfWork, subscription_id: str, now: datetime) -> bool:
        """A look without a lock, lest those who look for work keep those who write waiting."""
        in_flight = uow.feedback.in_flight(subscription_id, now)
        return in_flight < self.at_once and uow.feedback.next(subscription_id, now) is not None

    def _claim(self, subscription_id: str, now: datetime) -> Claimed | None:
        with self.database.write() as uow:
            subscription = uow.subscriptions.lock(subscription_id)
            if subscription is None or not subscription.enabled or _resting(subscription, now):
                return None
            places = 1 if subscription.failures else self.at_once
            if uow.feedback.in_flight(subscription_id, now) >= places:
                return None
            due = uow.feedback.next(subscription_id, now)
            queued = None if due is None else uow.feedback.take(due, now, now + self.lease)
            if queued is None:
                return None
            uow.subscriptions.served(subscription_id, now)
            secrets = uow.subscriptions.secrets(subscription_id)
            uow.commit()
        return Claimed(queued, subscription, secrets)

    def _settle(self, claimed: Claimed, answer: Answer) -> None:
        queued, now = claimed.queued, self.clock.now()
        with self.database.write() as uow:
            subscription = uow.subscriptions.lock(claimed.subscription.id)
            uow.feedback.finish(queued, answer, now)
            if subscription is not None:
                self._note_address(uow, subscription, answer, now)
            if answer.telling is Telling.ACKNOWLEDGED:
                uow.feedback.answered(queued, now)
            elif (tried := now - (queued.tried_since or now)) >= self.patience.give_up:
                uow.feedback.bury(queued)
            else:
                uow.feedback.later(queued, now + self.patience.pause(tried, self.chance))
            if answer.telling is Telling.GONE:
                _stop(uow, claimed.subscription)
            uow.commit()

    def _note_address(
        self, uow: UnitOfWork, subscription: Subscription, answer: Answer, now: datetime
    ) -> None:
        """The circuit breaker: failures on end make it rest longer, an answer ends that for all."""
        if answer.telling is Telling.NOT_SENT:
            return
        if answer.address_failed:
            failures = subscription.failures + 1
            until = now + self.patience.resting(failures, self.chance)
            uow.subscriptions.rest(subscription.id, failures, until)
        elif subscription.failures:
            uow.subscriptions.rest(subscription.id, 0, None)
            uow.feedback.hasten(subscription.id, now)


def _resting(subscription: Subscription, now: datetime) -> bool:
    return subscription.rest_until is not None and subscription.rest_until > now


def _stop(uow: UnitOfWork, subscription: Subscription) -> None:
    """The server never wants to be called again; what waits is kept."""
    if uow.subscriptions.set_enabled(subscription.id, False, Telling.GONE.value):
        uow.audit.append("feedback-gone", f"{subscription.issuer:04d}:{subscription.id}")
