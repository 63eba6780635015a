"""What `fehaciente feedback` does, with everything that it needs built for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.bootstrap.feedback import Feedback, feedback
from gateway.bootstrap.technology import technology
from gateway.domain.feedback import Answer, Attempt, Queued, SealedSecret, Subscription
from gateway.settings import Settings
from gateway.usecases.feedback.subscriptions import NewSecret, Wanted


@dataclass(frozen=True, slots=True)
class Desk:
    """The command line's `FeedbackDesk`."""

    feedback: Feedback

    def add(self, wanted: Wanted) -> NewSecret:
        return self.feedback.registry.add(wanted)

    def list(self, issuer: int | None) -> Sequence[tuple[Subscription, Sequence[SealedSecret]]]:
        registry = self.feedback.registry
        return [(each, registry.secrets(each.id)) for each in registry.all(issuer)]

    def set_enabled(self, subscription: str, enabled: bool) -> bool:
        return self.feedback.registry.set_enabled(subscription, enabled)

    def add_secret(self, subscription: str, secret: str) -> NewSecret:
        return self.feedback.registry.add_secret(subscription, secret)

    def drop_secret(self, subscription: str, key_id: str) -> None:
        self.feedback.registry.drop_secret(subscription, key_id)

    def attempts(self, guid: str) -> Sequence[tuple[Queued, Sequence[Attempt]]]:
        return self.feedback.history.of(guid)

    def dead(self, limit: int) -> Sequence[Queued]:
        return self.feedback.history.dead(limit)

    def replay(self, notification: str) -> None:
        self.feedback.history.replay_by_operator(notification)

    def test(self, subscription: str) -> Answer:
        return self.feedback.registry.test(subscription)


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    tech = technology(settings)
    try:
        yield Desk(feedback(settings, tech))
    finally:
        tech.database.close()
