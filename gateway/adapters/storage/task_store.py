"""The outbox: tasks claimed under leases, each claim with a newer fence than the last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, and_, bindparam, delete, insert, or_, select, update

from gateway.adapters.storage.engine import ORACLE
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import tasks
from gateway.domain.record import BULK, INTERACTIVE, Task, TaskState

T = tasks.c
ADD = insert(tasks)
READY, DONE, DEAD = (state.value for state in TaskState)
ERROR_LENGTH = 1000
DUE = (
    select(T.id, T.fence)
    .where(
        and_(
            T.state == READY,
            T.lane == bindparam("which"),
            T.due_at <= bindparam("moment"),
            or_(T.lease_until.is_(None), T.lease_until <= bindparam("moment")),
        )
    )
    .order_by(T.due_at)
    .limit(bindparam("most"))
)
WAITING = DUE.with_only_columns(T.id)
TAKE = update(tasks).values(attempts=T.attempts + 1, fence=T.fence + 1, lease_until=bindparam("leased_until"))
# Rows that another worker has in hand are skipped, not waited for. The locking query must stand in a CTE of
# its own: as a plain subquery PostgreSQL may run it again and take more rows than the limit.
CLAIM = TAKE.where(T.id.in_(select(DUE.with_for_update(skip_locked=True).cte("picked").c.id))).returning(*T)
CLAIM_ONE = TAKE.where(and_(T.id == bindparam("task"), T.fence == bindparam("seen"), T.state == READY))
GET = select(tasks).where(T.id == bindparam("task"))
OURS = and_(T.id == bindparam("task"), T.fence == bindparam("ours"), T.state == READY)
PROLONG = update(tasks).where(OURS).values(lease_until=bindparam("leased_until"))
COMPLETE = update(tasks).where(OURS).values(state=DONE, lease_until=None)
RELEASE = (
    update(tasks)
    .where(OURS)
    .values(
        due_at=bindparam("later"),
        lease_until=None,
        last_error=bindparam("why"),
        attempts=bindparam("counted"),
    )
)
# The lease keeps it from everybody; due as it was, it comes before what is due later.
HOLD = (
    update(tasks)
    .where(OURS)
    .values(lease_until=bindparam("later"), last_error=bindparam("why"), attempts=bindparam("counted"))
)
BURY = update(tasks).where(OURS).values(state=DEAD, lease_until=None, last_error=bindparam("why"))
BURY_ALL = (
    update(tasks)
    .where(and_(T.kind == bindparam("whose"), T.state == READY))
    .values(state=DEAD, lease_until=None, fence=T.fence + 1, last_error=bindparam("why"))
)
BURIED = select(tasks).where(T.state == DEAD).order_by(T.due_at).limit(bindparam("most"))
REVIVE = (
    update(tasks)
    .where(and_(T.id == bindparam("task"), T.state == DEAD))
    .values(state=READY, due_at=bindparam("later"), attempts=0, lease_until=None)
)
# What was done was due before; its own moment is not kept.
FINISHED = select(T.id).where(and_(T.state == DONE, T.due_at < bindparam("before"))).limit(bindparam("most"))
FORGET = delete(tasks).where(T.id.in_(FINISHED))
REAP = (
    update(tasks).where(and_(T.state == READY, T.lease_until <= bindparam("moment"))).values(lease_until=None)
)


class TaskStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, task: Task) -> None:
        row = {
            "id": task.id,
            "kind": task.kind,
            "guid": task.guid,
            "subject": task.subject,
            "state": task.state.value,
            "due_at": task.due_at,
            "lease_until": None,
            "attempts": task.attempts,
            "fence": task.fence,
            "last_error": task.last_error[:ERROR_LENGTH],
            "lane": task.lane,
        }
        self._session.add(ADD, [row])

    def waiting(self, now: datetime, *, bulk: bool = True) -> bool:
        asked = {"moment": now, "most": 1}
        return any(
            self._session.first(WAITING, asked | {"which": lane}) is not None
            for lane in ((INTERACTIVE, BULK) if bulk else (INTERACTIVE,))
        )

    def claim(self, now: datetime, lease_until: datetime, limit: int, bulk: int | None = 0) -> Sequence[Task]:
        """Earliest due first, lane by lane. A lease that ended is free, reaped or not."""
        if bulk is None:
            return self._claim(now, lease_until, INTERACTIVE, limit)
        first = self._claim(now, lease_until, BULK, min(bulk, limit))
        claimed = self._claim(now, lease_until, INTERACTIVE, limit - len(first))
        claimed += first
        if len(first) == min(bulk, limit):
            claimed += self._claim(now, lease_until, BULK, limit - len(claimed))
        return claimed

    def _claim(self, now: datetime, lease_until: datetime, lane: int, limit: int) -> list[Task]:
        if limit < 1:
            return []
        asked = {"moment": now, "most": limit, "leased_until": lease_until, "which": lane}
        if self._session.backend == ORACLE:
            return self._claim_one_by_one(asked)
        claimed = [task_from(row) for row in self._session.rows(CLAIM, asked)]
        return sorted(claimed, key=lambda task: task.due_at)

    def prolong(self, task: Task, lease_until: datetime) -> bool:
        return self._ours(PROLONG, task, {"leased_until": lease_until})

    def _claim_one_by_one(self, asked: dict[str, Any]) -> list[Task]:
        """Oracle knows neither a limit beside FOR UPDATE nor RETURNING of many rows."""
        claimed: list[Task] = []
        for found in self._session.rows(DUE, {name: asked[name] for name in ("moment", "most", "which")}):
            key = {"task": found.id, "seen": found.fence, "leased_until": asked["leased_until"]}
            if self._session.changed(CLAIM_ONE, key) == 1:
                claimed += map(task_from, self._session.rows(GET, {"task": found.id}))
        return claimed

    def complete(self, task: Task) -> bool:
        return self._ours(COMPLETE, task, {})

    def release(self, task: Task, due_at: datetime, error: str, *, count: bool) -> bool:
        attempts = task.attempts if count else max(task.attempts - 1, 0)
        back = {"later": due_at, "why": error[:ERROR_LENGTH], "counted": attempts}
        return self._ours(RELEASE, task, back)

    def hold(self, task: Task, until: datetime, error: str) -> bool:
        held = {"later": until, "why": error[:ERROR_LENGTH], "counted": max(task.attempts - 1, 0)}
        return self._ours(HOLD, task, held)

    def bury(self, task: Task, error: str) -> bool:
        return self._ours(BURY, task, {"why": error[:ERROR_LENGTH]})

    def bury_all(self, kind: str, error: str) -> int:
        return self._session.changed(BURY_ALL, {"whose": kind, "why": error[:ERROR_LENGTH]})

    def dead(self, limit: int) -> Sequence[Task]:
        """Earliest due first."""
        return [task_from(row) for row in self._session.rows(BURIED, {"most": limit})]

    def revive(self, task_id: str, due_at: datetime) -> bool:
        """From dead to ready with its attempts forgotten; False when it is not dead."""
        return self._session.changed(REVIVE, {"task": task_id, "later": due_at}) == 1

    def forget_done(self, before: datetime, limit: int) -> int:
        """Delete some that are done and were due before then; those that are dead stay. How many."""
        return self._session.changed(FORGET, {"before": before, "most": limit})

    def reap(self, now: datetime) -> int:
        return self._session.changed(REAP, {"moment": now})

    def _ours(self, change: Update, task: Task, values: dict[str, Any]) -> bool:
        """Whether the fence was still this worker's."""
        return self._session.changed(change, {"task": task.id, "ours": task.fence} | values) == 1


def task_from(row: Any) -> Task:
    return Task(
        id=row.id,
        kind=row.kind,
        guid=row.guid,
        subject=row.subject,
        due_at=row.due_at,
        attempts=row.attempts,
        fence=row.fence,
        state=TaskState(row.state),
        last_error=row.last_error,
        lane=row.lane,
    )
