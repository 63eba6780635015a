"""What the story of one transaction tells beside the other stores' rows: short ones, by its GUID alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import certificates, deposit_leaves, deposits, evidences, tasks
from gateway.adapters.storage.task_store import task_from
from gateway.adapters.storage.tombstone_store import QUEUED
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import EvidenceStatus, Task, TaskState
from gateway.usecases.ports.console import DepositLine, EvidenceLine

T, E, D = tasks.c, evidences.c, deposits.c
TASKS = select(tasks).where(and_(T.guid == bindparam("guid"), T.state != TaskState.DONE.value))
EVIDENCES = (
    select(E.id, E.event, E.position, E.event_time, E.status, E.sealed_sha256, E.stamped_at, E.signer_sha256)
    .where(E.owner == bindparam("owner"))
    .order_by(E.event_time, E.ordinal)
)
CERTIFIED = select(certificates.c.created_at).where(certificates.c.guid == bindparam("guid"))
DEPOSITS = (
    select(D.deposit, D.phase, D.period_to, D.sealed_at, D.protocol)
    .join(deposit_leaves, deposit_leaves.c.deposit == D.deposit)
    .where(deposit_leaves.c.owner == bindparam("guid"))
    .order_by(deposit_leaves.c.deposit)
)


class StoryStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def tasks(self, guid: str) -> Sequence[Task]:
        found = [task_from(row) for row in self._session.rows(TASKS, {"guid": guid})]
        return sorted(found, key=lambda task: (task.due_at, task.id))

    def evidences(self, owner: str) -> Sequence[EvidenceLine]:
        return [
            EvidenceLine(
                row.id,
                ErdsEvent(row.event),
                row.position,
                row.event_time,
                EvidenceStatus(row.status),
                row.sealed_sha256 or b"",
                row.stamped_at,
                row.signer_sha256,
            )
            for row in self._session.rows(EVIDENCES, {"owner": owner})
        ]

    def certified_at(self, guid: str) -> datetime | None:
        row = self._session.first(CERTIFIED, {"guid": guid})
        return None if row is None else row.created_at

    def deposits(self, guid: str) -> Sequence[DepositLine]:
        return [DepositLine(*row) for row in self._session.rows(DEPOSITS, {"guid": guid})]

    def queued(self, guid: str) -> bool:
        return self._session.first(QUEUED, {"guid": guid}) is not None
