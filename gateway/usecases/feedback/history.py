"""What support sees of feedback, and what it may do: every attempt of a transaction, dead ones, replay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Attempt, Queued
from gateway.domain.staff import Acting, Permission
from gateway.usecases.desk import staff
from gateway.usecases.ports import Clock, Database, UnitOfWork

OPERATOR, REPLAYED = "operator", "feedback-replayed"


@dataclass(frozen=True, slots=True)
class FeedbackHistory:
    database: Database
    clock: Clock

    def of(self, guid: str) -> Sequence[tuple[Queued, Sequence[Attempt]]]:
        """A transaction's notifications by sequence, each with its attempts; empty when it has none."""
        with self.database.read() as uow:
            return uow.feedback.of(guid)

    def dead(self, limit: int) -> Sequence[Queued]:
        with self.database.read() as uow:
            return uow.feedback.dead(limit)

    def replay(self, acting: Acting, notification: str) -> None:
        """Tell it again, answered or dead, under the same id; those behind a dead one follow.

        Raises GatewayError: ACCESS_DENIED, FEEDBACK_NOT_FOUND, or RULE_BROKEN while it waits anyway.
        """
        staff.demand(acting, Permission.ACT)
        self._replay(notification, lambda uow: staff.audit(uow, acting, REPLAYED, notification))

    def replay_by_operator(self, notification: str) -> None:
        """As `replay`, from the command line."""
        self._replay(notification, lambda uow: uow.audit.append(REPLAYED, f"{notification}:{OPERATOR}"))

    def _replay(self, notification: str, audit: Callable[[UnitOfWork], object]) -> None:
        with self.database.write() as uow:
            queued = uow.feedback.get(notification)
            if queued is None:
                raise GatewayError(ErrorKind.FEEDBACK_NOT_FOUND)
            uow.subscriptions.lock(queued.subscription)
            if not uow.feedback.revive(queued, self.clock.now()):
                raise GatewayError(ErrorKind.RULE_BROKEN, "it waits to be told")
            audit(uow)
            uow.commit()
