"""An event becomes an alert in the unit of work that records it, where its issuer wants alerts.

Nothing is told here. It costs one indexed read at states 0, 3 and 12.
"""

from gateway.domain.alerts import AlertKind
from gateway.domain.record import EventRecord, TransactionRecord
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import UnitOfWork

TOLD = frozenset(kind.value for kind in AlertKind)


def queue_alert(uow: UnitOfWork, record: TransactionRecord, event: EventRecord) -> None:
    """All or none: one setting decides for all three."""
    if event.kind not in TOLD:
        return
    chosen = uow.sender.alert_settings(record.issuer)
    if chosen is not None and chosen.on:
        task = new_task(Kind.ALERT, record.guid, event.recorded_at, event.kind, lane=record.lane)
        uow.tasks.add(task)
