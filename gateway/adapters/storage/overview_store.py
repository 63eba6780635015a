"""What the console's overviews read: issuers' certificates, refused items, heaps of tasks, the audit log.

Every count stops at a limit within its subquery, and every list begins at an index that gives its order.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select, text

from gateway.adapters.storage.audit_store import entry_from
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import (
    audit_entries,
    batch_items,
    batches,
    effects,
    issuer_certificates,
    tasks,
    transactions,
)
from gateway.domain.audit import AuditEntry
from gateway.domain.batch import ItemStatus
from gateway.domain.delivery import Channel, Purpose
from gateway.domain.record import BULK, INTERACTIVE, TaskState
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.usecases.ports.console import (
    AuditPlace,
    CertificateLine,
    Heap,
    Leases,
    RefusedItem,
    TakenItem,
    UnknownEffect,
)

X = transactions.c
C, B, P, T, A, E = (
    issuer_certificates.c,
    batches.c,
    batch_items.c,
    tasks.c,
    audit_entries.c,
    effects.c,
)
CERTIFICATES = select(C.sha256, C.der, C.added_at).where(C.issuer == bindparam("number"))
# The word stands in the statement, as in the index that holds nothing else: it is read from its newest end.
OPEN_UNKNOWN = and_(literal_column("effects.outcome") == text("'UNKNOWN'"), X.state < State.DECIDED.value)
UNKNOWNS = (
    select(func.count().label("many")).join_from(effects, transactions, E.guid == X.guid).where(OPEN_UNKNOWN)
)
UNKNOWN = (
    select(E.id, E.guid, E.position, E.channel, E.purpose, E.finished_at)
    .join_from(effects, transactions, E.guid == X.guid)
    .where(OPEN_UNKNOWN)
    .order_by(E.finished_at.desc())
    .limit(bindparam("most"))
)
BATCHES = select(B.id).where(B.external_id == bindparam("called")).limit(bindparam("most"))


def _items(status: ItemStatus, *columns: Any) -> Select[Any]:
    """Of one batch, beyond a position."""
    beyond = and_(P.batch == bindparam("batch"), P.status == status.value, P.position > bindparam("beyond"))
    return select(*columns).where(beyond).order_by(P.position).limit(bindparam("most"))


REFUSED = _items(ItemStatus.REFUSED, P.position, P.external_id, P.code)
TAKEN = _items(ItemStatus.ACCEPTED, P.position, P.external_id, P.guid, X.state, X.result).join_from(
    batch_items, transactions, P.guid == X.guid
)
FIRST = (
    select(T.kind, T.due_at, T.lease_until)
    .where(and_(T.state == bindparam("state"), T.lane == bindparam("lane")))
    .order_by(T.due_at)
    .limit(bindparam("most"))
    .subquery("page")
)
HEAPS = select(
    FIRST.c.kind, func.count().label("many"), func.min(FIRST.c.due_at, type_=T.due_at.type).label("oldest")
).group_by(FIRST.c.kind)
LEASES: Any = select(
    func.count().label("many"),
    func.min(FIRST.c.lease_until, type_=T.lease_until.type).label("first"),
    func.max(FIRST.c.lease_until, type_=T.lease_until.type).label("last"),
).where(FIRST.c.lease_until > bindparam("moment"))
NEWEST_ENTRY = AuditPlace(datetime(9999, 1, 1, tzinfo=UTC), "", 0)


def _entries(*conditions: Any) -> Select[Any]:
    """Older than a place: said so that every database begins there."""
    later = or_(
        A.happened_at < bindparam("at"),
        A.node < bindparam("node"),
        and_(A.node == bindparam("node"), A.sequence < bindparam("number")),
    )
    return (
        select(audit_entries)
        .where(and_(*conditions, A.happened_at <= bindparam("at"), later))
        .order_by(A.happened_at.desc(), A.node.desc(), A.sequence.desc())
        .limit(bindparam("most"))
    )


ENTRIES = _entries()
ABOUT = _entries(A.about == bindparam("word"))
BY = _entries(A.person == bindparam("word"))


class OverviewStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def certificates(self, issuer: int) -> Sequence[CertificateLine]:
        rows = [CertificateLine(*row) for row in self._session.rows(CERTIFICATES, {"number": issuer})]
        return sorted(rows, key=lambda row: row.added_at)

    def batches(self, external_id: str, limit: int) -> Sequence[str]:
        asked = {"called": external_id, "most": limit}
        return [row.id for row in self._session.rows(BATCHES, asked)]

    def refused(self, batch: str, after: int, limit: int) -> Sequence[RefusedItem]:
        rows = self._session.rows(REFUSED, {"batch": batch, "beyond": after, "most": limit})
        return [RefusedItem(*row) for row in rows]

    def taken(self, batch: str, after: int, limit: int) -> Sequence[TakenItem]:
        rows = self._session.rows(TAKEN, {"batch": batch, "beyond": after, "most": limit})
        return [
            TakenItem(row.position, row.external_id, row.guid, State(row.state), Result(row.result))
            for row in rows
        ]

    def heaps(self, limit: int) -> Sequence[Heap]:
        return [
            Heap(row.kind, state.value, lane, int(row.many), row.oldest)
            for state in (TaskState.READY, TaskState.DEAD)
            for lane in (INTERACTIVE, BULK)
            for row in self._session.rows(HEAPS, {"state": state.value, "lane": lane, "most": limit})
        ]

    def unknowns(self) -> int:
        return int(self._session.rows(UNKNOWNS, {})[0].many)

    def unknown(self, limit: int) -> Sequence[UnknownEffect]:
        return [
            UnknownEffect(
                row.id, row.guid, row.position, Channel(row.channel), Purpose(row.purpose), row.finished_at
            )
            for row in self._session.rows(UNKNOWN, {"most": limit})
        ]

    def leases(self, now: datetime, limit: int) -> Leases:
        asked = {"state": TaskState.READY.value, "most": limit, "moment": now}
        rows = [self._session.rows(LEASES, asked | {"lane": lane})[0] for lane in (INTERACTIVE, BULK)]
        first = min((row.first for row in rows if row.first), default=None)
        last = max((row.last for row in rows if row.last), default=None)
        return Leases(sum(int(row.many) for row in rows), first, last)

    def audit(self, about: str, person: str, place: AuditPlace | None, limit: int) -> Sequence[AuditEntry]:
        begin = place or NEWEST_ENTRY
        asked = {"at": begin.at, "node": begin.node, "number": begin.sequence, "most": limit}
        if about:
            rows = self._session.rows(ABOUT, asked | {"word": about})
        elif person:
            rows = self._session.rows(BY, asked | {"word": person})
        else:
            rows = self._session.rows(ENTRIES, asked)
        return [entry_from(row) for row in rows]
