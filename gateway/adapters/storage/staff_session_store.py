"""Sessions of people who signed in, and their recovery codes, under keyed hashes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import staff_codes, staff_sessions
from gateway.domain.accounts import StaffSession, Way

T, C = staff_sessions.c, staff_codes.c
ADD = insert(staff_sessions)
GET = select(staff_sessions).where(T.mark == bindparam("token"))
OF = select(staff_sessions).where(T.person == bindparam("whose")).order_by(T.started_at.desc(), T.mark)
SEE = (
    update(staff_sessions)
    .where(and_(T.mark == bindparam("token"), T.seen_at == bindparam("before")))
    .values(seen_at=bindparam("moment"))
)
END = delete(staff_sessions).where(T.mark == bindparam("token"))
END_ALL = delete(staff_sessions).where(and_(T.person == bindparam("whose"), T.mark != bindparam("token")))
END_OLD = delete(staff_sessions).where(
    or_(T.ends_at <= bindparam("moment"), T.seen_at <= bindparam("before"))
)
ADD_CODE = insert(staff_codes)
USE_CODE = delete(staff_codes).where(and_(C.mark == bindparam("token"), C.person == bindparam("whose")))
FORGET_CODES = delete(staff_codes).where(C.person == bindparam("whose"))
CODES_LEFT = (
    select(func.count().label("codes")).select_from(staff_codes).where(C.person == bindparam("whose"))
)
NOBODY = "-"


class StaffSessionStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, token: str, session: StaffSession) -> None:
        row = {
            "mark": self._mark(token),
            "person": session.person,
            "way": session.way.value,
            "started_at": session.started_at,
            "seen_at": session.seen_at,
            "ends_at": session.ends_at,
            "proven_at": session.proven_at,
        }
        self._session.add(ADD, [row])

    def get(self, token: str) -> StaffSession | None:
        row = self._session.first(GET, {"token": self._mark(token)})
        return None if row is None else _session(row)

    def of(self, person: str) -> Sequence[StaffSession]:
        return [_session(row) for row in self._session.rows(OF, {"whose": person})]

    def see(self, session: StaffSession, at: datetime) -> bool:
        change = {"token": session.id, "before": session.seen_at, "moment": at}
        return self._session.changed(SEE, change) == 1

    def end(self, session: str) -> bool:
        return self._session.changed(END, {"token": session}) == 1

    def end_all(self, person: str, but: str = "") -> int:
        # Oracle takes no empty text in a comparison.
        return self._session.changed(END_ALL, {"whose": person, "token": but or NOBODY})

    def end_old(self, now: datetime, idle_since: datetime) -> int:
        return self._session.changed(END_OLD, {"moment": now, "before": idle_since})

    def _mark(self, token: str) -> str:
        return self._personal.mark("staff-session", token) or NOBODY


class StaffCodeStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def replace(self, person: str, codes: Iterable[str]) -> None:
        self._session.changed(FORGET_CODES, {"whose": person})
        self._session.add(ADD_CODE, [{"mark": self._mark(person, code), "person": person} for code in codes])

    def use(self, person: str, code: str) -> bool:
        return self._session.changed(USE_CODE, {"token": self._mark(person, code), "whose": person}) == 1

    def left(self, person: str) -> int:
        row = self._session.first(CODES_LEFT, {"whose": person})
        return 0 if row is None else int(row.codes)

    def _mark(self, person: str, code: str) -> str:
        return self._personal.mark("staff-code", f"{person}/{code}")


def _session(row: Any) -> StaffSession:
    return StaffSession(
        id=row.mark,
        person=row.person,
        way=Way(row.way),
        started_at=row.started_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        proven_at=row.proven_at,
    )
