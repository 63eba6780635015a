"""How a row of the feedback queue, joined to what it tells of, becomes a notification; and its attempts."""

from typing import Any

from sqlalchemy import and_, select

from gateway.adapters.storage.tables import events, feedback_queue, transactions
from gateway.domain.feedback import Attempt, Notification, Phase, Queued, Telling
from gateway.domain.results import Result
from gateway.domain.states import State

Q = feedback_queue.c
TOLD = (
    select(
        feedback_queue,
        events.c.id.label("event_id"),
        events.c.kind,
        events.c.state,
        events.c.position,
        events.c.happened_at,
        events.c.recorded_at,
        transactions.c.external_id,
        transactions.c.sandbox,
    )
    .join(events, and_(events.c.guid == Q.guid, events.c.sequence == Q.sequence))
    .join(transactions, transactions.c.guid == Q.guid)
)


def queued_of(row: Any) -> Queued:
    notification = Notification(
        id=row.id,
        guid=row.guid,
        external_id=row.external_id,
        sequence=row.sequence,
        event_id=row.event_id,
        kind=row.kind,
        state=State(row.state),
        result=Result(row.result),
        position=row.position,
        at=row.happened_at,
        recorded_at=row.recorded_at,
        sandbox=bool(row.sandbox),
    )
    return Queued(
        notification=notification,
        subscription=row.subscription,
        phase=Phase(row.phase),
        queued_at=row.queued_at,
        due_at=row.due_at,
        attempts=row.attempts,
        fence=row.fence,
        tried_since=row.tried_since,
        answered_at=row.answered_at,
    )


def attempt_of(row: Any) -> Attempt:
    return Attempt(
        notification=row.notification,
        guid=row.guid,
        number=row.attempt,
        intended_at=row.intended_at,
        telling=Telling(row.telling) if row.telling else None,
        finished_at=row.finished_at,
        status=row.http_status,
        detail=row.detail,
    )
