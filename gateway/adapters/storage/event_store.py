"""The timeline of a transaction, append-only."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from gateway.adapters.storage.engine import SQLITE
from gateway.adapters.storage.personal import NO_LIST, Personal, PersonalPart
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import events, transactions
from gateway.domain.record import EventRecord
from gateway.domain.states import State

T = events.c
ADD = insert(events)
OF = select(events).where(T.guid == bindparam("guid")).order_by(T.sequence)
LAST = select(func.max(T.sequence).label("last")).where(T.guid == bindparam("guid"))
LOCK = (
    select(transactions.c.guid)
    .where(transactions.c.guid == bindparam("guid"))
    .with_for_update(key_share=True)
)
PART = PersonalPart(
    events,
    owner="guid",
    place="sequence",
    emptied={"details": NO_LIST},
    # So are details told that are empty, which nobody needs to seal.
    clear=lambda row: json.loads(row.details),
)


class EventStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, record: EventRecord) -> None:
        """Raises GatewayError(KEY_DESTROYED) for details of a transaction without data key."""
        row = {
            "guid": record.guid,
            "sequence": record.sequence,
            "id": record.id,
            "kind": record.kind,
            "state": int(record.state),
            "position": record.position,
            "happened_at": record.at,
            "recorded_at": record.recorded_at,
            **PART.emptied,
            "personal": None,
        }
        if record.details:
            row |= PART.sealed(self._personal, record, list(record.details))
        self._session.add(ADD, [row])

    def of(self, guid: str) -> Sequence[EventRecord]:
        rows = self._session.rows(OF, {"guid": guid})
        return [_record(row, PART.told(self._personal, row)) for row in rows]

    def next_sequence(self, guid: str) -> int:
        """From 0. The transaction's row is locked, or two writers would draw the same number."""
        if self._session.backend != SQLITE:
            self._session.first(LOCK, {"guid": guid})
        [row] = self._session.rows(LAST, {"guid": guid})
        return 0 if row.last is None else int(row.last) + 1


def _record(row: Any, told: Any) -> EventRecord:
    return EventRecord(
        guid=row.guid,
        sequence=row.sequence,
        id=row.id,
        kind=row.kind,
        state=State(row.state),
        position=row.position,
        at=row.happened_at,
        recorded_at=row.recorded_at,
        details=tuple((name, value) for name, value in told),
    )
