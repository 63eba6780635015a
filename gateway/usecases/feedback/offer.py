"""An event becomes a notification for everybody who subscribed to it, in the unit of work that records it.

Nothing is told here. An issuer without a subscription costs one indexed read a unit of work.
"""

from uuid import UUID, uuid5

from gateway.domain.record import EventRecord, TransactionRecord
from gateway.usecases.ports import UnitOfWork

NAMESPACE = UUID("6f1c0f0e-5a0e-4c55-9c8b-2f0f9a1f7f10")


def offer(uow: UnitOfWork, record: TransactionRecord, event: EventRecord) -> None:
    """Queue it; `record` is the transaction as the event leaves it."""
    for subscription in uow.subscriptions.listening(record.issuer):
        if subscription.wants(event.kind):
            uow.feedback.queue(
                notification_id(subscription.id, event.id),
                subscription.id,
                event,
                record.result,
                event.recorded_at,
            )


def notification_id(subscription: str, event_id: str) -> str:
    """Derived, so that one event never makes two notifications for one address."""
    return str(uuid5(NAMESPACE, f"{subscription}/{event_id}"))
