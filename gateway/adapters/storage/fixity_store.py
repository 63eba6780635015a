"""Whose stored octets are to be verified again, by whom, and what was found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import data_keys, fixity, fixity_failures, rejections
from gateway.domain.fixity import (
    FixityCheck,
    FixityClaim,
    FixityFailure,
    FixityProblem,
    FixityResult,
    FixityRow,
    FixityTotals,
)

T, F = fixity.c, fixity_failures.c
# A few beyond the first, for when rivals have that one.
LOOK_AHEAD = 8
NEW = (
    select(data_keys.c.owner)
    .where(
        and_(data_keys.c.owner > bindparam("after_owner"), not_(exists().where(T.owner == data_keys.c.owner)))
    )
    .order_by(data_keys.c.owner)
    .limit(bindparam("most"))
)
ENROL = InsertOnce(fixity, ("owner",))
ALL_DUE = update(fixity).where(T.due_at > bindparam("moment")).values(due_at=bindparam("moment"))
COUNT_DUE = select(func.count(T.owner).label("due")).where(T.due_at <= bindparam("moment"))
DUE = (
    select(T.owner, T.fence)
    .where(
        and_(
            T.due_at <= bindparam("moment"),
            or_(T.lease_until.is_(None), T.lease_until <= bindparam("moment")),
        )
    )
    .order_by(T.due_at, T.owner)
    .limit(bindparam("most"))
)
CLAIM = (
    update(fixity)
    .where(and_(T.owner == bindparam("whose"), T.fence == bindparam("seen")))
    .values(fence=T.fence + 1, lease_until=bindparam("until"))
)
FINISH = (
    update(fixity)
    .where(and_(T.owner == bindparam("whose"), T.fence == bindparam("seen")))
    .values(
        due_at=bindparam("next_at"),
        lease_until=None,
        checked_at=bindparam("at"),
        result=bindparam("found"),
        objects=bindparam("how_many"),
        octets=bindparam("how_much"),
    )
)
DROP = delete(fixity).where(T.owner == bindparam("whose"))
REFUSED_RAW = select(rejections.c.raw_sha256).where(rejections.c.request_id == bindparam("whose"))
COUNTED: list[ColumnElement[Any]] = [
    func.count(T.owner).label("owners"),
    func.sum(case((T.checked_at.is_(None), 1), else_=0)).label("never"),
    func.sum(case((T.due_at < bindparam("moment"), 1), else_=0)).label("overdue"),
    func.sum(case((T.result == FixityResult.FAILED.value, 1), else_=0)).label("failed"),
    func.sum(T.objects).label("objects"),
    func.sum(T.octets).label("octets"),
    func.min(T.checked_at).label("oldest"),
]
TOTALS = select(*COUNTED)
PAGE = select(fixity).where(T.owner > bindparam("after_owner")).order_by(T.owner).limit(bindparam("most"))
ADD_FAILURE = insert(fixity_failures)
OPEN = select(fixity_failures).where(F.mended_at.is_(None)).order_by(F.ordinal)
OPEN_OF = OPEN.where(F.owner == bindparam("whose"))
MEND = (
    update(fixity_failures)
    .where(and_(F.owner == bindparam("whose"), F.object == bindparam("what"), F.mended_at.is_(None)))
    .values(mended_at=bindparam("at"))
)


class SqlFixityStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def unenrolled(self, after_owner: str, limit: int) -> Sequence[str]:
        asked = {"after_owner": after_owner, "most": limit}
        return [row.owner for row in self._session.rows(NEW, asked)]

    def enrol(self, owners: Sequence[str], now: datetime) -> int:
        return sum(self._session.add_once(ENROL, _new(owner, now)) for owner in owners)

    def all_due(self, now: datetime) -> int:
        self._session.changed(ALL_DUE, {"moment": now})
        [row] = self._session.rows(COUNT_DUE, {"moment": now})
        return int(row.due)

    def claim(self, now: datetime, lease_until: datetime) -> FixityClaim | None:
        for row in self._session.rows(DUE, {"moment": now, "most": LOOK_AHEAD}):
            taken = {"whose": row.owner, "seen": row.fence, "until": lease_until}
            if self._session.changed(CLAIM, taken) == 1:
                return FixityClaim(row.owner, row.fence + 1)
        return None

    def finish(self, claim: FixityClaim, check: FixityCheck, at: datetime, due_at: datetime) -> bool:
        found = {
            "whose": claim.owner,
            "seen": claim.fence,
            "next_at": due_at,
            "at": at,
            "found": check.result.value,
            "how_many": check.objects,
            "how_much": check.octets,
        }
        return self._session.changed(FINISH, found) == 1

    def drop(self, owner: str) -> None:
        self._session.changed(DROP, {"whose": owner})

    def refused_raw(self, owner: str) -> bytes | None:
        row = self._session.first(REFUSED_RAW, {"whose": owner})
        return None if row is None else row.raw_sha256

    def totals(self, now: datetime) -> FixityTotals:
        [row] = self._session.rows(TOTALS, {"moment": now})
        return FixityTotals(
            owners=row.owners,
            never=int(row.never or 0),
            overdue=int(row.overdue or 0),
            failed=int(row.failed or 0),
            objects=int(row.objects or 0),
            octets=int(row.octets or 0),
            oldest=row.oldest,
        )

    def page(self, after_owner: str, limit: int) -> Sequence[FixityRow]:
        rows = self._session.rows(PAGE, {"after_owner": after_owner, "most": limit})
        return [_row(row) for row in rows]

    def open_failures(self, owner: str = "") -> Sequence[FixityFailure]:
        rows = self._session.rows(OPEN_OF, {"whose": owner}) if owner else self._session.rows(OPEN)
        return [_failure(row) for row in rows]

    def fail(self, failure: FixityFailure) -> None:
        row = {
            "owner": failure.owner,
            "object": failure.object,
            "problem": failure.problem.value,
            "found_at": failure.found_at,
            "mended_at": failure.mended_at,
        }
        self._session.add(ADD_FAILURE, [row])

    def mend(self, owner: str, object_name: str, at: datetime) -> None:
        self._session.changed(MEND, {"whose": owner, "what": object_name, "at": at})


def _new(owner: str, now: datetime) -> dict[str, Any]:
    return {
        "owner": owner,
        "due_at": now,
        "lease_until": None,
        "fence": 0,
        "checked_at": None,
        "result": None,
        "objects": 0,
        "octets": 0,
    }


def _row(row: Any) -> FixityRow:
    result = FixityResult(row.result) if row.result else None
    return FixityRow(row.owner, row.due_at, row.checked_at, result, row.objects, row.octets)


def _failure(row: Any) -> FixityFailure:
    return FixityFailure(row.owner, row.object, FixityProblem(row.problem), row.found_at, row.mended_at)
