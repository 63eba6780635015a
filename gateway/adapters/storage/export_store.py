"""Exports that people asked for, each moved on by compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import console_exports
from gateway.domain.export import Export, ExportPhase

T = console_exports.c
ADD = insert(console_exports)
GET = select(console_exports).where(T.id == bindparam("export"))
OF = (
    select(console_exports)
    .where(T.person == bindparam("who"))
    .order_by(T.person, T.asked_at.desc())
    .limit(bindparam("most"))
)
MINE = and_(T.id == bindparam("export"), T.phase == bindparam("was"))
FAR = update(console_exports).where(MINE).values(found=bindparam("many"), done=bindparam("written"))
MOVE = (
    update(console_exports)
    .where(MINE)
    .values(
        phase=bindparam("now_is"),
        done=bindparam("written"),
        file_id=bindparam("file"),
        expires_at=bindparam("ends"),
    )
)
ENDING = (
    select(console_exports)
    .where(and_(T.phase == bindparam("was"), T.expires_at <= bindparam("moment")))
    .order_by(T.phase, T.expires_at)
    .limit(bindparam("most"))
)


class ExportStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, export: Export) -> None:
        row = {
            "id": export.id,
            "person": export.person,
            "asked_at": export.asked_at,
            "expires_at": export.expires_at,
            "search": export.search,
            "clear": export.clear,
            "language": export.language,
            "phase": export.phase.value,
            "found": export.found,
            "done": export.done,
            "file_id": export.file_id,
        }
        self._session.add(ADD, [row])

    def get(self, export_id: str) -> Export | None:
        row = self._session.first(GET, {"export": export_id})
        return None if row is None else _export(row)

    def of(self, person: str, limit: int) -> Sequence[Export]:
        return [_export(row) for row in self._session.rows(OF, {"who": person, "most": limit})]

    def progress(self, export_id: str, found: int, done: int) -> bool:
        key = {"export": export_id, "was": ExportPhase.ASKED.value}
        return self._session.changed(FAR, key | {"many": found, "written": done}) == 1

    def move(self, before: Export, after: Export) -> bool:
        change = {
            "export": before.id,
            "was": before.phase.value,
            "now_is": after.phase.value,
            "written": after.done,
            "file": after.file_id,
            "ends": after.expires_at,
        }
        return self._session.changed(MOVE, change) == 1

    def ending(self, phase: ExportPhase, now: datetime, limit: int) -> Sequence[Export]:
        asked = {"was": phase.value, "moment": now, "most": limit}
        return [_export(row) for row in self._session.rows(ENDING, asked)]


def _export(row: Any) -> Export:
    return Export(
        row.id,
        row.person,
        row.asked_at,
        row.expires_at,
        row.search,
        row.clear,
        row.language,
        ExportPhase(row.phase),
        row.found,
        row.done,
        row.file_id,
    )
