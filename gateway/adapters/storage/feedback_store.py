"""The queue of notifications and their attempts: claimed under leases, in order within each transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Update, and_, bindparam, case, exists, func, insert, or_, select, update

from gateway.adapters.storage.feedback_rows import TOLD, attempt_of, queued_of
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import (
    feedback_attempts,
    feedback_queue,
    feedback_subscriptions,
)
from gateway.domain.feedback import Answer, Attempt, Phase, Queued
from gateway.domain.record import EventRecord
from gateway.domain.results import Result

Q, A, S = feedback_queue.c, feedback_attempts.c, feedback_subscriptions.c
WAITING, ANSWERED, DEAD = (phase.value for phase in Phase)
DETAIL_LENGTH = 200
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
BEFORE = feedback_queue.alias("earlier")
ADD = insert(feedback_queue)
DUE = and_(
    Q.phase == WAITING,
    Q.due_at <= bindparam("moment"),
    or_(Q.lease_until.is_(None), Q.lease_until <= bindparam("moment")),
)
# A notification is told only after all before it of its transaction were answered.
FIRST = ~exists().where(
    and_(
        BEFORE.c.guid == Q.guid,
        BEFORE.c.subscription == Q.subscription,
        BEFORE.c.sequence < Q.sequence,
        BEFORE.c.phase != ANSWERED,
    )
)
# One step into the index for each of the few subscriptions: of EXISTS PostgreSQL would make a join over all
# that waits. Whether one of them can be told is asked afterwards.
SOME_DUE = (
    select(Q.id)
    .where(and_(Q.subscription == S.id, DUE))
    .limit(1)
    .correlate(feedback_subscriptions)
    .scalar_subquery()
)
READY = (
    select(S.id)
    .where(
        and_(
            S.enabled == bindparam("yes"),
            or_(S.rest_until.is_(None), S.rest_until <= bindparam("moment")),
            SOME_DUE.is_not(None),
        )
    )
    .order_by(case((S.failures > 0, 1), else_=0), S.served_at, S.id)
)
READY_WELL = READY.where(S.failures == 0)
IN_FLIGHT = select(func.count().label("so_many")).where(
    and_(Q.subscription == bindparam("which"), Q.lease_until > bindparam("moment"))
)
NEXT = (
    select(Q.id)
    .where(and_(Q.subscription == bindparam("which"), DUE, FIRST))
    .order_by(Q.due_at, Q.sequence)
    .limit(1)
)
OURS = and_(Q.id == bindparam("which"), Q.fence == bindparam("ours"), Q.phase == WAITING)
TAKE = (
    update(feedback_queue)
    .where(OURS)
    .values(
        attempts=Q.attempts + 1,
        fence=Q.fence + 1,
        lease_until=bindparam("until"),
        tried_since=func.coalesce(Q.tried_since, bindparam("moment", type_=Q.tried_since.type)),
    )
)
INTEND = insert(feedback_attempts)
FINISH = (
    update(feedback_attempts)
    .where(and_(A.notification == bindparam("which"), A.attempt == bindparam("try"), A.finished_at.is_(None)))
    .values(
        telling=bindparam("how"),
        finished_at=bindparam("moment"),
        http_status=bindparam("status"),
        detail=bindparam("word"),
    )
)
ANSWER = (
    update(feedback_queue)
    .where(OURS)
    .values(phase=ANSWERED, lease_until=None, answered_at=bindparam("moment"))
)
LATER = update(feedback_queue).where(OURS).values(due_at=bindparam("moment"), lease_until=None)
BURY = update(feedback_queue).where(OURS).values(phase=DEAD, lease_until=None)
HASTEN = (
    update(feedback_queue)
    .where(
        and_(
            Q.subscription == bindparam("which"),
            Q.phase == WAITING,
            Q.due_at > bindparam("moment"),
            Q.due_at < bindparam("never"),
        )
    )
    .values(due_at=bindparam("moment"))
)
# Those behind one that waits are not due either, lest every look for work walk over them.
FOLLOW = (
    update(feedback_queue)
    .where(
        and_(
            Q.guid == bindparam("whose"),
            Q.subscription == bindparam("which"),
            Q.sequence > bindparam("behind"),
            Q.phase == WAITING,
        )
    )
    .values(due_at=bindparam("moment"))
)
REVIVE = (
    update(feedback_queue)
    .where(and_(Q.id == bindparam("which"), Q.phase != WAITING))
    .values(phase=WAITING, due_at=bindparam("moment"), lease_until=None, tried_since=None, answered_at=None)
)
GET = TOLD.where(Q.id == bindparam("which"))
OF = TOLD.where(Q.guid == bindparam("whose")).order_by(Q.sequence, Q.subscription)
ATTEMPTS = select(feedback_attempts).where(A.guid == bindparam("whose")).order_by(A.notification, A.attempt)
BURIED = TOLD.where(Q.phase == DEAD).order_by(Q.queued_at).limit(bindparam("most"))
UNANSWERED = (
    select(Q.phase, func.count().label("so_many"))
    .where(or_(Q.phase == WAITING, Q.phase == DEAD))
    .group_by(Q.phase)
)
OLDEST = (
    select(Q.queued_at)
    .join(feedback_subscriptions, S.id == Q.subscription)
    .where(and_(Q.phase == WAITING, S.enabled == bindparam("yes")))
    .order_by(Q.queued_at)
    .limit(1)
)


class FeedbackStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def queue(self, id: str, subscription: str, event: EventRecord, result: Result, now: datetime) -> None:
        row = {
            "id": id,
            "guid": event.guid,
            "sequence": event.sequence,
            "subscription": subscription,
            "result": int(result),
            "phase": WAITING,
            "queued_at": now,
            "due_at": now,
            "lease_until": None,
            "attempts": 0,
            "fence": 0,
            "tried_since": None,
            "answered_at": None,
        }
        self._session.add(ADD, [row])

    def ready(self, now: datetime, *, well: bool) -> Sequence[str]:
        statement = READY_WELL if well else READY
        return [row.id for row in self._session.rows(statement, {"moment": now, "yes": True})]

    def in_flight(self, subscription: str, now: datetime) -> int:
        [row] = self._session.rows(IN_FLIGHT, {"which": subscription, "moment": now})
        return int(row.so_many)

    def next(self, subscription: str, now: datetime) -> Queued | None:
        row = self._session.first(NEXT, {"which": subscription, "moment": now})
        return None if row is None else self.get(row.id)

    def take(self, queued: Queued, now: datetime, lease_until: datetime) -> Queued | None:
        if not self._ours(TAKE, queued, {"until": lease_until, "moment": now}):
            return None
        number = queued.attempts + 1
        row = {
            "notification": queued.notification.id,
            "attempt": number,
            "guid": queued.notification.guid,
            "intended_at": now,
            "telling": None,
            "finished_at": None,
            "http_status": None,
            "detail": "",
        }
        self._session.add(INTEND, [row])
        since = queued.tried_since or now
        return replace(queued, attempts=number, fence=queued.fence + 1, tried_since=since)

    def finish(self, queued: Queued, answer: Answer, now: datetime) -> bool:
        row = {
            "which": queued.notification.id,
            "try": queued.attempts,
            "how": answer.telling.value,
            "moment": now,
            "status": answer.status,
            "word": answer.detail[:DETAIL_LENGTH],
        }
        return self._session.changed(FINISH, row) == 1

    def answered(self, queued: Queued, now: datetime) -> bool:
        done = self._ours(ANSWER, queued, {"moment": now})
        return done and self._follow(queued, now)

    def later(self, queued: Queued, due_at: datetime) -> bool:
        done = self._ours(LATER, queued, {"moment": due_at})
        return done and self._follow(queued, due_at)

    def bury(self, queued: Queued) -> bool:
        done = self._ours(BURY, queued, {})
        return done and self._follow(queued, NEVER)

    def hasten(self, subscription: str, now: datetime) -> int:
        return self._session.changed(HASTEN, {"which": subscription, "moment": now, "never": NEVER})

    def get(self, id: str) -> Queued | None:
        row = self._session.first(GET, {"which": id})
        return None if row is None else queued_of(row)

    def revive(self, queued: Queued, now: datetime) -> bool:
        asked = {"which": queued.notification.id, "moment": now}
        return self._session.changed(REVIVE, asked) == 1 and self._follow(queued, now)

    def of(self, guid: str) -> Sequence[tuple[Queued, Sequence[Attempt]]]:
        attempts: dict[str, list[Attempt]] = {}
        for row in self._session.rows(ATTEMPTS, {"whose": guid}):
            attempts.setdefault(row.notification, []).append(attempt_of(row))
        queued = [queued_of(row) for row in self._session.rows(OF, {"whose": guid})]
        return [(each, tuple(attempts.get(each.notification.id, ()))) for each in queued]

    def dead(self, limit: int) -> Sequence[Queued]:
        return [queued_of(row) for row in self._session.rows(BURIED, {"most": limit})]

    def unanswered(self) -> Mapping[Phase, int]:
        found = {Phase(row.phase): int(row.so_many) for row in self._session.rows(UNANSWERED)}
        return {phase: found.get(phase, 0) for phase in (Phase.WAITING, Phase.DEAD)}

    def oldest(self) -> datetime | None:
        row = self._session.first(OLDEST, {"yes": True})
        return None if row is None else row.queued_at

    def _follow(self, queued: Queued, due_at: datetime) -> bool:
        behind = {"whose": queued.notification.guid, "which": queued.subscription}
        place = {"behind": queued.notification.sequence, "moment": due_at}
        self._session.changed(FOLLOW, behind | place)
        return True

    def _ours(self, change: Update, queued: Queued, values: dict[str, Any]) -> bool:
        ours = {"which": queued.notification.id, "ours": queued.fence}
        return self._session.changed(change, ours | values) == 1
