"""Items of batches: inserted in bulk, claimed in slices under leases, answered once each."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from gateway.adapters.storage.batch_store import told
from gateway.adapters.storage.engine import ORACLE
from gateway.adapters.storage.personal import Personal, PersonalPart
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import batch_items
from gateway.domain.batch import BatchItem, ItemStatus

P = batch_items.c
ADD = insert(batch_items)
CLEAR = delete(batch_items).where(P.batch == bindparam("whose"))
FREE = (
    select(P.position)
    .where(
        and_(
            P.batch == bindparam("of_batch"),
            P.status == bindparam("asked"),
            or_(P.lease_until.is_(None), P.lease_until <= bindparam("moment")),
        )
    )
    .order_by(P.position)
    .limit(bindparam("most"))
)
TAKE = update(batch_items).values(lease_until=bindparam("leased_until"))
CLAIM = TAKE.where(
    and_(
        P.batch == bindparam("of_batch"),
        P.position.in_(select(FREE.with_for_update(skip_locked=True).cte("picked").c.position)),
    )
).returning(*P)
CLAIM_ONE = TAKE.where(
    and_(
        P.batch == bindparam("of_batch"),
        P.position == bindparam("at"),
        P.status == bindparam("asked"),
        or_(P.lease_until.is_(None), P.lease_until <= bindparam("moment")),
    )
)
GET = select(batch_items).where(and_(P.batch == bindparam("of_batch"), P.position == bindparam("at")))
ANSWER = (
    update(batch_items)
    .where(
        and_(P.batch == bindparam("of_batch"), P.position == bindparam("at"), P.status == bindparam("was"))
    )
    .values(
        status=bindparam("now_is"),
        external_id=bindparam("called"),
        guid=bindparam("got"),
        code=bindparam("why"),
        personal=bindparam("sealed"),
        lease_until=None,
    )
)
FREED = (
    update(batch_items)
    .where(and_(P.batch == bindparam("of_batch"), P.position == bindparam("at")))
    .values(lease_until=None)
)
WITHHOLD = (
    update(batch_items)
    .where(and_(P.batch == bindparam("of_batch"), P.status == ItemStatus.CHECKED.value))
    .values(status=ItemStatus.REFUSED.value, code=bindparam("why"), lease_until=None)
)
ANSWERED = or_(P.status == ItemStatus.ACCEPTED.value, P.status == ItemStatus.REFUSED.value)
OPEN = or_(P.status == ItemStatus.WAITING.value, P.status == ItemStatus.CHECKED.value)
PAGE = (
    select(batch_items)
    .where(and_(P.batch == bindparam("of_batch"), P.position > bindparam("after"), ANSWERED))
    .order_by(P.position)
    .limit(bindparam("most"))
)
OF_GUID = select(batch_items).where(P.guid == bindparam("of_guid")).order_by(P.batch, P.position)
LEFT = (
    select(P.position).where(and_(P.batch == bindparam("of_batch"), P.status == bindparam("asked"))).limit(1)
)
UNANSWERED = select(P.position).where(and_(P.batch == bindparam("of_batch"), OPEN)).limit(1)


PART = PersonalPart(batch_items, owner="batch", place="position", emptied={}, clear=lambda _row: "")


class BatchItemStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, items: Iterable[BatchItem]) -> None:
        self._session.add(ADD, [self._row(item) for item in items])

    def clear(self, batch_id: str) -> None:
        self._session.changed(CLEAR, {"whose": batch_id})

    def claim(
        self, batch_id: str, status: ItemStatus, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[BatchItem]:
        asked = {"of_batch": batch_id, "asked": status.value, "moment": now, "most": limit}
        leased = {"leased_until": lease_until}
        if self._session.backend == ORACLE:
            return self._claim_one_by_one(asked, leased)
        found = [self._item(row) for row in self._session.rows(CLAIM, asked | leased)]
        return sorted(found, key=lambda item: item.position)

    def _claim_one_by_one(self, asked: dict[str, Any], leased: dict[str, Any]) -> Sequence[BatchItem]:
        """Oracle knows neither a limit beside FOR UPDATE nor RETURNING of many rows."""
        claimed: list[BatchItem] = []
        for free in self._session.rows(FREE, asked):
            key = {"of_batch": asked["of_batch"], "at": free.position}
            one = key | leased | {"asked": asked["asked"], "moment": asked["moment"]}
            if self._session.changed(CLAIM_ONE, one) == 1:
                claimed += map(self._item, self._session.rows(GET, key))
        return claimed

    def answer(self, item: BatchItem, before: ItemStatus) -> bool:
        change = {
            "of_batch": item.batch,
            "at": item.position,
            "was": before.value,
            "now_is": item.status.value,
            "called": item.external_id,
            "got": item.guid or None,
            "why": item.code,
            "sealed": self._sealed(item),
        }
        return self._session.changed(ANSWER, change) == 1

    def withhold(self, batch_id: str, code: str) -> None:
        self._session.changed(WITHHOLD, {"of_batch": batch_id, "why": code})

    def free(self, item: BatchItem) -> None:
        self._session.changed(FREED, {"of_batch": item.batch, "at": item.position})

    def page(self, batch_id: str, after: int, limit: int) -> Sequence[BatchItem]:
        asked = {"of_batch": batch_id, "after": after, "most": limit}
        return [self._item(row) for row in self._session.rows(PAGE, asked)]

    def of_guid(self, guid: str) -> Sequence[BatchItem]:
        return [self._item(row) for row in self._session.rows(OF_GUID, {"of_guid": guid})]

    def left(self, batch_id: str, status: ItemStatus) -> bool:
        return self._session.first(LEFT, {"of_batch": batch_id, "asked": status.value}) is not None

    def unanswered(self, batch_id: str) -> bool:
        return self._session.first(UNANSWERED, {"of_batch": batch_id}) is not None

    def _sealed(self, item: BatchItem) -> bytes | None:
        if not item.detail:
            return None
        sealed: dict[str, Any] = PART.sealed(self._personal, item, item.detail)
        return bytes(sealed["personal"])

    def _row(self, item: BatchItem) -> dict[str, Any]:
        return {
            "batch": item.batch,
            "position": item.position,
            "first_octet": item.start,
            "octets": item.size,
            "external_id": item.external_id,
            "status": item.status.value,
            "lease_until": None,
            "guid": item.guid or None,
            "code": item.code,
            "personal": self._sealed(item),
        }

    def _item(self, row: Any) -> BatchItem:
        return BatchItem(
            batch=row.batch,
            position=row.position,
            start=row.first_octet,
            size=row.octets,
            external_id=row.external_id,
            status=ItemStatus(row.status),
            guid=row.guid or "",
            code=row.code,
            detail=told(PART, self._personal, row),
        )
