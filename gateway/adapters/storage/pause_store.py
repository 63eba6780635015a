"""Wrong tries at signing in, counted where every process sees them, under keyed hashes."""

from datetime import datetime

from sqlalchemy import and_, bindparam, case, delete, select, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import sign_in_pauses

T = sign_in_pauses.c
BEGIN = InsertOnce(sign_in_pauses, ("mark",))
WHICH = T.mark == bindparam("name")
# The row is locked by it until the unit of work ends: rivals count after us.
TAKE = (
    update(sign_in_pauses)
    .where(and_(WHICH, T.paused_until <= bindparam("moment")))
    .values(
        failures=case((T.last_at < bindparam("forgotten"), 1), else_=T.failures + 1),
        last_at=bindparam("seen"),
    )
)
GET = select(sign_in_pauses).where(WHICH)
PAUSE = update(sign_in_pauses).where(WHICH).values(paused_until=bindparam("until"))
SUCCEED = delete(sign_in_pauses).where(WHICH)
GIVE_BACK = (
    update(sign_in_pauses)
    .where(and_(WHICH, T.failures > 0))
    .values(failures=T.failures - 1, paused_until=bindparam("moment"))
)
FORGET = delete(sign_in_pauses).where(
    and_(T.last_at < bindparam("moment"), T.paused_until < bindparam("now"))
)


class PauseStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def take(self, name: str, now: datetime, forget_before: datetime) -> int:
        mark = self._mark(name)
        self._session.add_once(BEGIN, {"mark": mark, "failures": 0, "last_at": now, "paused_until": now})
        asked = {"name": mark, "moment": now, "forgotten": forget_before, "seen": now}
        if self._session.changed(TAKE, asked) != 1:
            return 0
        row = self._session.first(GET, {"name": mark})
        return 0 if row is None else int(row.failures)

    def pause(self, name: str, until: datetime) -> None:
        self._session.changed(PAUSE, {"name": self._mark(name), "until": until})

    def until(self, name: str) -> datetime | None:
        row = self._session.first(GET, {"name": self._mark(name)})
        return None if row is None else row.paused_until

    def failures(self, name: str, since: datetime) -> int:
        row = self._session.first(GET, {"name": self._mark(name)})
        return 0 if row is None or row.last_at < since else int(row.failures)

    def succeed(self, name: str) -> None:
        self._session.changed(SUCCEED, {"name": self._mark(name)})

    def give_back(self, name: str, now: datetime) -> None:
        self._session.changed(GIVE_BACK, {"name": self._mark(name), "moment": now})

    def forget(self, before: datetime) -> int:
        return self._session.changed(FORGET, {"moment": before, "now": before})

    def _mark(self, name: str) -> str:
        return self._personal.mark("sign-in", name)
