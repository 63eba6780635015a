"""Transactions: their row, the compare-and-set of their state, and what has expired."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select, update

from gateway.adapters.storage.personal import NO_OBJECT, Personal, PersonalPart, keyed
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import transactions
from gateway.adapters.storage.transaction_json import transaction_from, transaction_to
from gateway.domain.catalogue import Service
from gateway.domain.record import TransactionRecord
from gateway.domain.results import Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State

T = transactions.c
ADD = InsertOnce(transactions, ("issuer", "external_id"))
ROWS = keyed(transactions, T.guid)
GET = ROWS.where(T.guid == bindparam("guid"))
# Another issuer's is not even opened, so that no clock tells it from what never was.
OWN = GET.where(T.issuer == bindparam("issuer"))
# Weaker than FOR UPDATE, which would hold back the foreign keys of rows that others insert.
LOCK = GET.with_for_update(key_share=True, of=T.guid)
BY_EXTERNAL_ID = ROWS.where(and_(T.issuer == bindparam("issuer"), T.external_id == bindparam("external_id")))
MOVE = (
    update(transactions)
    .where(and_(T.guid == bindparam("whose"), T.state == bindparam("origin")))
    .values(
        state=bindparam("to"),
        updated_at=bindparam("at"),
        result=func.coalesce(bindparam("outcome", type_=T.result.type), T.result),
        custody_until=func.coalesce(bindparam("kept_until", type_=T.custody_until.type), T.custody_until),
    )
)
OPEN: list[ColumnElement[int]] = [literal_column(str(number)) for number in range(State.DECIDED)]
# The open states by name let the index of state and time serve each of them.
EXPIRED = (
    select(T.guid)
    .where(and_(T.state.in_(OPEN), T.close_at < bindparam("before")))
    .order_by(T.close_at)
    .limit(bindparam("most"))
)
# Sealed, and nothing decided yet: that is what a call that is put through waits in.
AWAITED = (
    select(T.guid)
    .where(
        and_(
            T.state == literal_column(str(int(State.SEALED))),
            T.close_at > bindparam("now"),
            T.service == bindparam("service"),
        )
    )
    .order_by(T.close_at)
    .limit(bindparam("most"))
)
PART = PersonalPart(
    transactions,
    owner="guid",
    place="guid",
    emptied={"subject": "", "asked": NO_OBJECT},
    clear=lambda row: {"subject": row.subject, "asked": json.loads(row.asked)},
)


class TransactionStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, record: TransactionRecord) -> bool:
        """Its data key comes first. Raises GatewayError(KEY_DESTROYED) when there is none."""
        told = {"subject": record.subject, "asked": transaction_to(record.asked)}
        return self._session.add_once(ADD, _row(record) | PART.sealed(self._personal, record, told))

    def get(self, guid: str) -> TransactionRecord | None:
        return self._one(GET, {"guid": guid})

    def own(self, guid: str, issuer: int) -> TransactionRecord | None:
        return self._one(OWN, {"guid": guid, "issuer": issuer})

    def lock(self, guid: str) -> TransactionRecord | None:
        return self._one(LOCK, {"guid": guid})

    def by_external_id(self, issuer: int, external_id: str) -> TransactionRecord | None:
        return self._one(BY_EXTERNAL_ID, {"issuer": issuer, "external_id": external_id})

    def move(
        self,
        guid: str,
        origin: State,
        to: State,
        at: datetime,
        result: Result | None = None,
        custody_until: datetime | None = None,
    ) -> bool:
        change = {
            "whose": guid,
            "origin": int(origin),
            "to": int(to),
            "at": at,
            "outcome": None if result is None else int(result),
            "kept_until": custody_until,
        }
        return self._session.changed(MOVE, change) == 1

    def expired(self, before: datetime, limit: int) -> Sequence[str]:
        return [row.guid for row in self._session.rows(EXPIRED, {"before": before, "most": limit})]

    def awaited(self, service: Service, now: datetime, limit: int) -> Sequence[str]:
        wanted = {"service": service.value, "now": now, "most": limit}
        return [row.guid for row in self._session.rows(AWAITED, wanted)]

    def _one(self, query: Select[Any], key: Mapping[str, Any]) -> TransactionRecord | None:
        row = self._session.first(query, key)
        return None if row is None else self._record(row)

    def _record(self, row: Any) -> TransactionRecord:
        return _record(row, PART.told(self._personal, row, keyed=True))


def _row(record: TransactionRecord) -> dict[str, Any]:
    return {
        "guid": record.guid,
        "issuer": record.issuer,
        "external_id": record.external_id,
        "content_digest": record.content_digest,
        "service": record.service.value,
        "state": int(record.state),
        "result": int(record.result),
        "language": record.language,
        "received_at": record.received_at,
        "start_at": record.start_at,
        "close_at": record.close_at,
        "updated_at": record.updated_at,
        "custody_until": record.custody_until,
        "request_id": record.request_id,
        "signer_sha256": record.signer_sha256,
        "raw_sha256": record.raw_sha256,
        "default_sign_method": record.default_sign_method.value,
        "lane": record.lane,
        "sandbox": record.sandbox,
    }


def _record(row: Any, told: dict[str, Any]) -> TransactionRecord:
    return TransactionRecord(
        guid=row.guid,
        issuer=row.issuer,
        external_id=row.external_id,
        content_digest=row.content_digest,
        service=Service(row.service),
        state=State(row.state),
        result=Result(row.result),
        subject=told["subject"],
        language=row.language,
        received_at=row.received_at,
        start_at=row.start_at,
        close_at=row.close_at,
        updated_at=row.updated_at,
        request_id=row.request_id,
        signer_sha256=row.signer_sha256,
        raw_sha256=row.raw_sha256,
        default_sign_method=SignMethod(row.default_sign_method),
        asked=transaction_from(told["asked"]),
        custody_until=row.custody_until,
        lane=row.lane,
        sandbox=row.sandbox,
    )
