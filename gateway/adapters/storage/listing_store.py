"""Lists of an issuer's transactions, page by page and by identifiers: no column of people, no key is opened.

Each page begins by an index where the last one ended. Identifiers come in buckets, so that there are few
statements to prepare; the rest of a bucket repeats its last one.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, and_, bindparam, or_, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import recipients, tombstones, transactions
from gateway.domain.listing import Listed, ListedRecipient, Place, Wanted
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import State

T, R, P = transactions.c, recipients.c, tombstones.c
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
BUCKETS = (1, 10, 100, 1000)
SHOWN = (T.guid, T.external_id, T.state, T.result, T.received_at, T.updated_at, T.sandbox)


def page(*, state: bool, result: bool) -> Select[Any]:
    """The first bound is what an index can use; the second one tells equal instants apart."""
    mine = T.issuer == bindparam("issuer")
    since = T.received_at >= bindparam("since")
    until = T.received_at < bindparam("until")
    beyond = or_(T.received_at > bindparam("after_at"), T.guid > bindparam("after_guid"))
    query = select(*SHOWN).where(and_(mine, since, until, beyond))
    if state:
        query = query.where(T.state == bindparam("state"))
    if result:
        query = query.where(T.result == bindparam("result"))
    return query.order_by(T.received_at, T.guid).limit(bindparam("most"))


PAGES = {
    (state, result): page(state=state, result=result) for state in (False, True) for result in (False, True)
}


@cache
def among(column: Column[Any], size: int, *columns: Column[Any]) -> Select[Any]:
    """The rows whose column is one of `size` values."""
    return select(*columns).where(column.in_([bindparam(f"value_{number}") for number in range(size)]))


class ListingStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, issuer: int, wanted: Wanted, after: Place | None, limit: int) -> Sequence[Listed]:
        since = wanted.received_from or EARLIEST
        asked = {
            "issuer": issuer,
            "since": max(since, after.received_at) if after else since,
            "until": wanted.received_until or LATEST,
            "after_at": after.received_at if after else EARLIEST,
            "after_guid": after.guid if after else "",
            "most": limit,
        }
        if wanted.state is not None:
            asked["state"] = int(wanted.state)
        if wanted.result is not None:
            asked["result"] = int(wanted.result)
        query = PAGES[wanted.state is not None, wanted.result is not None]
        return self._with_recipients(self._session.rows(query, asked))

    def by_guids(self, issuer: int, guids: Sequence[str]) -> Sequence[Listed]:
        return self._with_recipients(self._own(T.guid, issuer, guids))

    def by_external_ids(self, issuer: int, external_ids: Sequence[str]) -> Sequence[Listed]:
        return self._with_recipients(self._own(T.external_id, issuer, external_ids))

    def purged(self, issuer: int, guids: Sequence[str]) -> Collection[str]:
        rows = self._among(P.guid, guids, P.guid, P.issuer)
        return {row.guid for row in rows if row.issuer == issuer}

    def purged_marks(self, issuer: int, marks: Sequence[bytes]) -> Mapping[bytes, str]:
        rows = self._among(P.external_mark, marks, P.guid, P.issuer, P.external_mark)
        return {bytes(row.external_mark): row.guid for row in rows if row.issuer == issuer}

    def _own(self, column: Column[Any], issuer: int, values: Sequence[str]) -> Sequence[Any]:
        return [row for row in self._among(column, values, *SHOWN, T.issuer) if row.issuer == issuer]

    def _with_recipients(self, rows: Sequence[Any]) -> Sequence[Listed]:
        shown = (R.guid, R.position, R.state, R.result, R.decided_at)
        found: dict[str, list[ListedRecipient]] = {row.guid: [] for row in rows}
        for row in self._among(R.guid, list(found), *shown):
            found[row.guid].append(_recipient(row))
        return [_listed(row, found[row.guid]) for row in rows]

    def _among(self, column: Column[Any], values: Sequence[Any], *shown: Column[Any]) -> Sequence[Any]:
        rows: list[Any] = []
        for start in range(0, len(values), BUCKETS[-1]):
            some = values[start : start + BUCKETS[-1]]
            size = next(size for size in BUCKETS if size >= len(some))
            filled = [*some, *[some[-1]] * (size - len(some))]
            asked = {f"value_{number}": value for number, value in enumerate(filled)}
            rows += self._session.rows(among(column, size, *shown), asked)
        return rows


def _recipient(row: Any) -> ListedRecipient:
    return ListedRecipient(row.position, RecipientState(row.state), Result(row.result), row.decided_at)


def _listed(row: Any, recipients: list[ListedRecipient]) -> Listed:
    return Listed(
        guid=row.guid,
        external_id=row.external_id,
        state=State(row.state),
        result=Result(row.result),
        received_at=row.received_at,
        updated_at=row.updated_at,
        sandbox=row.sandbox,
        recipients=tuple(sorted(recipients, key=lambda each: each.position)),
    )
