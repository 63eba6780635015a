"""The figures of each day: counted within one day by indexes of time, kept, and summed for charts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import certificates, daily_figures, effects, recipients, transactions
from gateway.domain.figures import Figure, Measure
from gateway.domain.results import POSITIVE
from gateway.domain.search import OLDEST

T, R, E, C, F = transactions.c, recipients.c, effects.c, certificates.c, daily_figures.c


def _within(column: Any) -> Any:
    return and_(column >= bindparam("since"), column < bindparam("until"))


MANY = func.count().label("many")
VOLUME: Select[Any] = (
    select(T.issuer, T.service, MANY).where(_within(T.received_at)).group_by(T.issuer, T.service)
)
RESULTS: Select[Any] = (
    select(T.issuer, T.result, MANY)
    .join(certificates, C.guid == T.guid)
    .where(_within(C.created_at))
    .group_by(T.issuer, T.result)
)
CHANNELS: Select[Any] = (
    select(T.issuer, E.channel, E.outcome, MANY)
    .join(effects, E.guid == T.guid)
    .where(_within(E.finished_at))
    .group_by(T.issuer, E.channel, E.outcome)
)
DECIDED: Select[Any] = (
    select(T.issuer, R.state, T.received_at, R.decided_at)
    .join(recipients, R.guid == T.guid)
    .where(_within(R.decided_at))
)
FIRST = (
    select(T.received_at).where(T.received_at > bindparam("since")).order_by(T.received_at, T.guid).limit(1)
)
ADD = InsertOnce(daily_figures, ("issuer", "day", "measure", "label"))
SET = (
    update(daily_figures)
    .where(
        and_(
            F.issuer == bindparam("whose"),
            F.day == bindparam("on_day"),
            F.measure == bindparam("what"),
            F.label == bindparam("called"),
        )
    )
    .values(amount=bindparam("many"))
)
LAST = (
    select(F.day)
    .where(and_(F.issuer == bindparam("whose"), F.measure == bindparam("what")))
    .order_by(F.issuer.desc(), F.day.desc())
    .limit(1)
)
BETWEEN = select(daily_figures).where(
    and_(F.issuer == bindparam("whose"), F.day >= bindparam("first"), F.day <= bindparam("last"))
)
SIGNED = {state.value for state in POSITIVE}


class FigureStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def volume(self, since: datetime, until: datetime) -> Sequence[tuple[int, str, int]]:
        rows = self._session.rows(VOLUME, {"since": since, "until": until})
        return [(row.issuer, row.service, int(row.many)) for row in rows]

    def results(self, since: datetime, until: datetime) -> Sequence[tuple[int, str, int]]:
        rows = self._session.rows(RESULTS, {"since": since, "until": until})
        return [(row.issuer, str(row.result), int(row.many)) for row in rows]

    def channels(self, since: datetime, until: datetime) -> Sequence[tuple[int, str, int]]:
        rows = self._session.rows(CHANNELS, {"since": since, "until": until})
        return [(row.issuer, f"{row.channel}:{row.outcome}", int(row.many)) for row in rows]

    def signed(self, since: datetime, until: datetime) -> Sequence[tuple[int, datetime, datetime]]:
        rows = self._session.rows(DECIDED, {"since": since, "until": until})
        return [(row.issuer, row.received_at, row.decided_at) for row in rows if row.state in SIGNED]

    def first_reception(self) -> datetime | None:
        row = self._session.first(FIRST, {"since": OLDEST})
        return None if row is None else row.received_at

    def put(self, figure: Figure) -> None:
        key = {"issuer": figure.issuer, "day": figure.day, "measure": figure.measure.value}
        row = key | {"label": figure.label, "amount": figure.amount}
        if not self._session.add_once(ADD, row):
            change = {
                "whose": figure.issuer,
                "on_day": figure.day,
                "what": figure.measure.value,
                "called": figure.label,
                "many": figure.amount,
            }
            self._session.changed(SET, change)

    def last_rolled(self, issuer: int) -> str:
        row = self._session.first(LAST, {"whose": issuer, "what": Measure.ROLLED.value})
        return "" if row is None else str(row.day)

    def between(self, issuer: int, first: str, last: str) -> Sequence[Figure]:
        rows = self._session.rows(BETWEEN, {"whose": issuer, "first": first, "last": last})
        return [Figure(row.issuer, row.day, Measure(row.measure), row.label, row.amount) for row in rows]
