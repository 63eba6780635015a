"""The console's searches: each begins at an index that also gives the order, newest first, page by page.

People are found by the marks of `recipient_store` alone. Nothing personal is read, so no key is opened.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, bindparam, func, or_, select

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.recipient_store import email_mark, identifier_mark, phone_mark
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import recipients, transactions
from gateway.domain.catalogue import Service
from gateway.domain.results import Result
from gateway.domain.search import NEWEST, Found, Place, SearchBy, Span
from gateway.domain.states import State

T, R = transactions.c, recipients.c
LISTED = (
    T.guid,
    T.issuer,
    T.external_id,
    T.service,
    T.state,
    T.result,
    T.received_at,
    T.updated_at,
)
GET = select(*LISTED).where(T.guid == bindparam("value"))


def paged(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    """After a place and within a span, newest first: said so that every database begins at the place."""
    at, guid = table.c.received_at, table.c.guid
    return (
        select(at, guid)
        .where(
            and_(
                *conditions,
                at >= bindparam("since"),
                at <= bindparam("place"),
                or_(at < bindparam("place"), guid < bindparam("after")),
            )
        )
        .order_by(at.desc(), guid.desc())
        .limit(bindparam("most"))
    )


def of_people(column: Column[str]) -> Select[Any]:
    """A person may be several recipients of one transaction, which is listed once."""
    # The order is made again in Python, of one page: the index gave it already to the rows within.
    page = paged(recipients, column == bindparam("value")).distinct().subquery("page")
    return select(*LISTED).join(page, page.c.guid == T.guid)


def of_transactions(*conditions: ColumnElement[bool]) -> Select[Any]:
    return paged(transactions, *conditions).with_only_columns(*LISTED)


RECENT = of_transactions()
BY_EXTERNAL_ID = of_transactions(T.external_id == bindparam("value"))
BY_ISSUER = of_transactions(T.issuer == bindparam("value"))
BY_IDENTITY, BY_ACCESS = of_people(R.identity_key), of_people(R.access_key)
BY_PHONE, BY_EMAIL = of_people(R.phone_key), of_people(R.email_key)
STATEMENTS: dict[SearchBy, tuple[Select[Any], ...]] = {
    SearchBy.RECENT: (RECENT,),
    SearchBy.EXTERNAL_ID: (BY_EXTERNAL_ID,),
    SearchBy.ISSUER: (BY_ISSUER,),
    # What somebody is identified by at the portal need not be their legal identity.
    SearchBy.IDENTITY: (BY_IDENTITY, BY_ACCESS),
    SearchBy.PHONE: (BY_PHONE,),
    SearchBy.EMAIL: (BY_EMAIL,),
}
# How many there are, up to a limit within: no count reads more than that.
COUNTS = {
    by: tuple(select(func.count().label("many")).select_from(each.subquery("page")) for each in statements)
    for by, statements in STATEMENTS.items()
}
MARKS = {
    SearchBy.IDENTITY: identifier_mark,
    SearchBy.PHONE: phone_mark,
    SearchBy.EMAIL: email_mark,
}


class SearchStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def mark(self, by: SearchBy, text: str) -> str:
        return MARKS[by](self._personal, text)

    def get(self, guid: str) -> Found | None:
        row = self._session.first(GET, {"value": guid})
        return None if row is None else found(row)

    def page(
        self, by: SearchBy, values: Sequence[str | int], place: Place, span: Span, limit: int
    ) -> Sequence[Found]:
        rows = {
            each.guid: each
            for statement in STATEMENTS[by]
            for asked in _asked(by, values, place, span, limit)
            for each in map(found, self._session.rows(statement, asked))
        }
        return newest(rows.values(), limit)

    def count(self, by: SearchBy, values: Sequence[str | int], span: Span, limit: int) -> int:
        many = (
            int(self._session.rows(statement, asked)[0].many)
            for statement in COUNTS[by]
            for asked in _asked(by, values, NEWEST, span, limit)
        )
        return min(sum(many), limit)


def _asked(
    by: SearchBy, values: Sequence[str | int], place: Place, span: Span, limit: int
) -> Iterator[dict[str, Any]]:
    """The values of a statement, once for each that is searched."""
    asked = {
        "since": span.since,
        "place": min(place.at, span.until),
        "after": place.guid if place.at <= span.until else "",
        "most": limit,
    }
    for value in values if by is not SearchBy.RECENT else [""]:
        yield asked if by is SearchBy.RECENT else asked | {"value": value}


def newest(rows: Iterable[Found], limit: int) -> Sequence[Found]:
    return sorted(rows, key=lambda row: row.place, reverse=True)[:limit]


def found(row: Any) -> Found:
    return Found(
        row.guid,
        row.issuer,
        row.external_id,
        Service(row.service),
        State(row.state),
        Result(row.result),
        row.received_at,
        row.updated_at,
    )
