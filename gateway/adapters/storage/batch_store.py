"""Batches: their row, what moves it, and how far their items are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from gateway.adapters.storage.personal import Personal, PersonalPart, keyed
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import batch_items, batches, transactions
from gateway.domain.batch import Batch, BatchCounts, BatchPolicy, BatchStatus, BatchStep, ItemStatus
from gateway.domain.errors import ErrorKind, GatewayError

B, P, T = batches.c, batch_items.c, transactions.c
ADD = InsertOnce(batches, ("issuer", "external_id"))
ROWS = keyed(batches, B.id)
GET = ROWS.where(B.id == bindparam("id"))
BY_EXTERNAL_ID = ROWS.where(and_(B.issuer == bindparam("issuer"), B.external_id == bindparam("external_id")))
NEWEST = (
    ROWS.where(B.received_at < bindparam("before"))
    .order_by(B.received_at.desc(), B.id.desc())
    .limit(bindparam("most"))
)
NEWEST_OF = NEWEST.where(B.issuer == bindparam("issuer"))
ACTIVE = ROWS.where(B.status == BatchStatus.RUNNING.value).order_by(B.status, B.priority, B.received_at)
ADVANCE = (
    update(batches)
    .where(
        and_(B.id == bindparam("whose"), B.status == bindparam("status_was"), B.step == bindparam("step_was"))
    )
    .values(
        status=bindparam("status_is"),
        step=bindparam("step_is"),
        policy=bindparam("policy_is"),
        content_id=bindparam("content"),
        file_signer=bindparam("signer"),
        total=bindparam("items"),
        accepted=bindparam("taken"),
        refused=bindparam("not_taken"),
        code=bindparam("why"),
        personal=bindparam("sealed"),
        finished_at=bindparam("over_at"),
        wait_until=bindparam("rest"),
    )
)
WAIT = update(batches).where(B.id == bindparam("whose")).values(wait_until=bindparam("rest"))
ANSWERS = (
    select(P.status, func.count().label("items")).where(P.batch == bindparam("batch")).group_by(P.status)
)
STATES = (
    select(T.state, T.result, func.count().label("items"))
    .select_from(batch_items.join(transactions, T.guid == P.guid))
    .where(and_(P.batch == bindparam("batch"), P.status == ItemStatus.ACCEPTED.value))
    .group_by(T.state, T.result)
)
KNOWS = select(B.id).where(or_(B.id == bindparam("file"), B.content_id == bindparam("file"))).limit(1)
LIVING = (
    select(P.position)
    .where(and_(P.batch == B.id, P.status == ItemStatus.ACCEPTED.value))
    .correlate(batches)
    .limit(1)
)
ENDED = (
    ROWS.where(and_(B.file_kept, B.finished_at < bindparam("before"), ~LIVING.exists()))
    .order_by(B.finished_at)
    .limit(bindparam("most"))
)
FORGET = update(batches).where(and_(B.id == bindparam("whose"), B.file_kept)).values(file_kept=False)
PART = PersonalPart(batches, owner="id", place="id", emptied={}, clear=lambda _row: "")


class BatchStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, batch: Batch) -> bool:
        row = {
            "id": batch.id,
            "issuer": batch.issuer,
            "external_id": batch.external_id,
            "policy": batch.policy.value,
            "status": batch.status.value,
            "step": batch.step.value,
            "priority": batch.priority,
            "file_sha256": batch.file_sha256,
            "file_size": batch.file_size,
            "file_kept": True,
            "content_id": batch.content_id or None,
            "signer_sha256": batch.signer_sha256,
            "covered": batch.covered,
            "file_signer": batch.file_signer,
            "request_id": batch.request_id,
            "received_at": batch.received_at,
            "finished_at": batch.finished_at,
            "wait_until": batch.wait_until,
            "total": batch.total,
            "accepted": batch.accepted,
            "refused": batch.refused,
            "code": batch.code,
            "personal": self._sealed(batch),
        }
        return self._session.add_once(ADD, row)

    def get(self, batch_id: str) -> Batch | None:
        return self._one(self._session.first(GET, {"id": batch_id}))

    def by_external_id(self, issuer: int, external_id: str) -> Batch | None:
        asked = {"issuer": issuer, "external_id": external_id}
        return self._one(self._session.first(BY_EXTERNAL_ID, asked))

    def listed(self, issuer: int | None, before: datetime, limit: int) -> Sequence[Batch]:
        asked: dict[str, Any] = {"before": before, "most": limit}
        if issuer is None:
            return [self._batch(row) for row in self._session.rows(NEWEST, asked)]
        return [self._batch(row) for row in self._session.rows(NEWEST_OF, asked | {"issuer": issuer})]

    def active(self) -> Sequence[Batch]:
        return [self._batch(row) for row in self._session.rows(ACTIVE)]

    def advance(self, before: Batch, after: Batch) -> bool:
        change = {
            "whose": before.id,
            "status_was": before.status.value,
            "step_was": before.step.value,
            "status_is": after.status.value,
            "step_is": after.step.value,
            "policy_is": after.policy.value,
            "content": after.content_id or None,
            "signer": after.file_signer,
            "items": after.total,
            "taken": after.accepted,
            "not_taken": after.refused,
            "why": after.code,
            "sealed": self._sealed(after),
            "over_at": after.finished_at,
            "rest": after.wait_until,
        }
        return self._session.changed(ADVANCE, change) == 1

    def wait(self, batch_id: str, until: datetime) -> None:
        self._session.changed(WAIT, {"whose": batch_id, "rest": until})

    def counts(self, batch: Batch) -> BatchCounts:
        asked = {"batch": batch.id}
        states = {(row.state, row.result): row.items for row in self._session.rows(STATES, asked)}
        if batch.status.over:
            return BatchCounts(batch.total, batch.accepted, batch.refused, states)
        found = {row.status: row.items for row in self._session.rows(ANSWERS, asked)}
        accepted, refused = (found.get(each.value, 0) for each in (ItemStatus.ACCEPTED, ItemStatus.REFUSED))
        return BatchCounts(batch.total, accepted, refused, states)

    def knows_file(self, file_id: str) -> bool:
        return self._session.first(KNOWS, {"file": file_id}) is not None

    def ended(self, before: datetime, limit: int) -> Sequence[Batch]:
        rows = self._session.rows(ENDED, {"before": before, "most": limit})
        return [self._batch(row) for row in rows]

    def forget_file(self, batch_id: str) -> bool:
        return self._session.changed(FORGET, {"whose": batch_id}) == 1

    def _sealed(self, batch: Batch) -> bytes | None:
        sealed: dict[str, Any] = PART.sealed(self._personal, batch, batch.detail) if batch.detail else {}
        return sealed.get("personal")

    def _one(self, row: Any) -> Batch | None:
        return None if row is None else self._batch(row)

    def _batch(self, row: Any) -> Batch:
        return Batch(
            id=row.id,
            issuer=row.issuer,
            external_id=row.external_id,
            policy=BatchPolicy(row.policy),
            priority=row.priority,
            file_sha256=row.file_sha256,
            file_size=row.file_size,
            signer_sha256=row.signer_sha256,
            covered=row.covered,
            request_id=row.request_id,
            received_at=row.received_at,
            status=BatchStatus(row.status),
            step=BatchStep(row.step),
            content_id=row.content_id,
            file_signer=row.file_signer,
            total=row.total,
            accepted=row.accepted,
            refused=row.refused,
            code=row.code,
            detail=told(PART, self._personal, row),
            finished_at=row.finished_at,
            wait_until=row.wait_until,
        )


def told(part: PersonalPart, personal: Personal, row: Any) -> str:
    """The sealed detail; empty once its key is destroyed, for code and counts stay."""
    if row.personal is None:
        return ""
    try:
        return str(part.told(personal, row))
    except GatewayError as error:
        if error.kind is ErrorKind.KEY_DESTROYED:
            return ""
        raise
