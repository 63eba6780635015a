"""Recipients' sessions at the portal, by the digests of what their browser holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import portal_sessions
from gateway.domain.device_session import DeviceSession, EndedBy

T = portal_sessions.c
ADD = insert(portal_sessions)
THIS = T.session == bindparam("which")
GET = select(portal_sessions).where(THIS)
THEIRS = and_(T.guid == bindparam("whose"), T.position == bindparam("place"))
OF = select(portal_sessions).where(THEIRS).order_by(T.opened_at, T.session)
SEE = (
    update(portal_sessions)
    .where(and_(THIS, T.seen_at == bindparam("before"), T.ended_at.is_(None)))
    .values(seen_at=bindparam("moment"))
)
END_ALL = (
    update(portal_sessions)
    .where(and_(THEIRS, T.ended_at.is_(None)))
    .values(ended_at=bindparam("moment"), ended_by=bindparam("why"))
)


class DeviceSessionStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, session: DeviceSession) -> None:
        row = {
            "session": session.session,
            "device": session.device,
            "guid": session.guid,
            "position": session.position,
            "link_version": session.link_version,
            "agent": session.agent or None,
            "embedded": session.embedded,
            "opened_at": session.opened_at,
            "seen_at": session.seen_at,
            "ended_at": session.ended_at,
            "ended_by": session.ended_by.value if session.ended_by else None,
        }
        self._session.add(ADD, [row])

    def get(self, session: bytes) -> DeviceSession | None:
        row = self._session.first(GET, {"which": session})
        return None if row is None else _session(row)

    def of(self, guid: str, position: int) -> Sequence[DeviceSession]:
        return [_session(row) for row in self._session.rows(OF, {"whose": guid, "place": position})]

    def see(self, session: DeviceSession, at: datetime) -> bool:
        change = {"which": session.session, "before": session.seen_at, "moment": at}
        return self._session.changed(SEE, change) == 1

    def end_all(self, guid: str, position: int, by: EndedBy, at: datetime) -> int:
        change = {"whose": guid, "place": position, "why": by.value, "moment": at}
        return self._session.changed(END_ALL, change)


def _session(row: Any) -> DeviceSession:
    return DeviceSession(
        session=row.session,
        device=row.device,
        guid=row.guid,
        position=row.position,
        link_version=row.link_version,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        agent=row.agent or b"",
        embedded=row.embedded,
        ended_at=row.ended_at,
        ended_by=EndedBy(row.ended_by) if row.ended_by else None,
    )
