"""What support sees of feedback, and what it may do: every attempt of a transaction, dead ones, replay."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Attempt, Queued
from gateway.domain.staff import Acting, Permission
from gateway.usecases.ports import Clock, Database

OPERATOR = "operator"


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
        if not acting.person.may(Permission.ACT):
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        self._replay(notification, acting.person.login)

    def replay_by_operator(self, notification: str) -> None:
        """As `replay`, from the command line."""
        self._replay(notification, OPERATOR)

    def _replay(self, notification: str, login: str) -> None:
        with self.database.write() as uow:
            if uow.feedback.get(notification) is None:
                raise GatewayError(ErrorKind.FEEDBACK_NOT_FOUND)
            if not uow.feedback.revive(notification, self.clock.now()):
                raise GatewayError(ErrorKind.RULE_BROKEN, "it waits to be told")
            uow.audit.append("feedback-replayed", f"{notification}:{login}")
            uow.commit()
