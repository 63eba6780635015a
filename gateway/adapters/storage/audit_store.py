"""The audit log's rows: appended under a lock on the node's head, read in order, never changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import audit_entries, audit_heads
from gateway.domain.audit import NOTHING, AuditEntry, AuditHead, following
from gateway.domain.errors import ErrorKind, GatewayError

E, H = audit_entries.c, audit_heads.c
LONGEST = 128
BEGIN = InsertOnce(audit_heads, ("node",))
LOCK = select(audit_heads).where(H.node == bindparam("whose")).with_for_update()
ADD = insert(audit_entries)
NOTE = (
    update(audit_heads)
    .where(and_(H.node == bindparam("whose"), H.sequence == bindparam("seen")))
    .values(sequence=bindparam("now"), digest=bindparam("newest"))
)
HEADS = select(audit_heads).where(H.sequence > 0).order_by(H.node)
NODES = select(E.node).distinct()
NOTED = select(H.node)
ENTRIES = (
    select(audit_entries)
    .where(and_(E.node == bindparam("whose"), E.sequence > bindparam("after")))
    .order_by(E.sequence)
    .limit(bindparam("most"))
)


class Clock(Protocol):
    def now(self) -> datetime: ...


class MachineClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


MACHINE = MachineClock()


@dataclass(frozen=True, slots=True)
class Node:
    """Who appends: a word of its own for each host, and the clock that times entries."""

    name: str = "node1"
    clock: Clock = MACHINE


DEFAULT_NODE = Node()


class AuditStore:
    def __init__(self, session: Session, node: Node) -> None:
        self._session = session
        self._node = node

    def append(self, action: str, subject: str, **details: str) -> AuditHead:
        head = self._locked()
        entry = following(head, self._node.clock.now().astimezone(UTC), action, subject, details)
        self._session.add(ADD, [_row(entry)])
        noted = {"whose": entry.node, "seen": head.sequence, "now": entry.sequence, "newest": entry.digest}
        if self._session.changed(NOTE, noted) != 1:
            raise GatewayError(ErrorKind.INTERNAL, "the audit log's head moved under its lock")
        return entry.head

    def heads(self) -> Sequence[AuditHead]:
        return [AuditHead(row.node, row.sequence, row.digest) for row in self._session.rows(HEADS)]

    def nodes(self) -> Sequence[str]:
        found = {row.node for statement in (NODES, NOTED) for row in self._session.rows(statement)}
        return sorted(found)

    def entries(self, node: str, after: int, limit: int) -> Sequence[AuditEntry]:
        asked = {"whose": node, "after": after, "most": limit}
        return [entry_from(row) for row in self._session.rows(ENTRIES, asked)]

    def _locked(self) -> AuditHead:
        """The node's head, nobody else's to move until this transaction ends."""
        name = self._node.name
        found = self._session.first(LOCK, {"whose": name})
        if found is None:
            self._session.add_once(BEGIN, {"node": name, "sequence": 0, "digest": NOTHING})
            found = self._session.first(LOCK, {"whose": name})
        if found is None:
            raise GatewayError(ErrorKind.INTERNAL, "the audit log has no head")
        return AuditHead(found.node, found.sequence, found.digest)


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "node": entry.node,
        "sequence": entry.sequence,
        "happened_at": entry.at,
        "action": entry.action,
        "subject": entry.subject,
        "details": entry.details,
        "previous": entry.previous,
        "digest": entry.digest,
        "about": entry.subject.partition(":")[0][:LONGEST],
        "person": json.loads(entry.details).get("person", entry.subject.rpartition(":")[2])[:LONGEST],
    }


def entry_from(row: Any) -> AuditEntry:
    return AuditEntry(
        row.node,
        row.sequence,
        row.happened_at,
        row.action,
        row.subject,
        row.details,
        row.previous,
        row.digest,
    )
