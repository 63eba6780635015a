"""Counts of what waits in the outbox. It reads the index of due tasks and changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import tasks
from gateway.domain.record import TaskState
from gateway.usecases.ports.backlog import Waiting

T = tasks.c
READY, DEAD = TaskState.READY.value, TaskState.DEAD.value
WAITING = (
    select(T.kind, T.state, func.count().label("many"), func.min(T.due_at).label("oldest"))
    .where(or_(T.state == READY, T.state == DEAD))
    .group_by(T.kind, T.state)
    .order_by(T.kind, T.state)
)
OVERDUE = (
    select(T.due_at)
    .where(and_(T.state == READY, T.due_at <= bindparam("moment")))
    .order_by(T.due_at)
    .limit(1)
)


class BacklogStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def waiting(self) -> Sequence[Waiting]:
        return [Waiting(*row) for row in self._session.rows(WAITING)]

    def overdue_since(self, now: datetime) -> datetime | None:
        row = self._session.first(OVERDUE, {"moment": now})
        return None if row is None else row.due_at
