"""Publications and their visits. Who a visitor was is sealed under the transaction's data key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import public_visits, publications
from gateway.domain.publication import Publication, PublicVisit, VisitKind

P, V = publications.c, public_visits.c
BEGIN = insert(publications)
GET = select(publications).where(P.guid == bindparam("whose"))
CHECKED = (
    update(publications)
    .where(and_(P.guid == bindparam("whose"), P.checks == bindparam("before")))
    .values(checks=bindparam("now"))
)
LOGGED = update(publications).where(P.guid == bindparam("whose")).values(log_sha256=bindparam("digest"))
ADD = insert(public_visits)
FIX = (
    update(public_visits)
    .where(and_(V.guid == bindparam("whose"), V.period.is_(None)))
    .values(period=bindparam("number"))
)
OF = select(public_visits).where(V.guid == bindparam("whose")).order_by(V.at, V.id)
OF_PERIOD = OF.where(V.period == bindparam("number"))
COUNT = select(func.count().label("many")).where(
    and_(V.guid == bindparam("whose"), V.kind == bindparam("what"))
)


class PublicationStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def begin(self, guid: str, published_at: datetime) -> None:
        self.take(Publication(guid, published_at))

    def take(self, publication: Publication) -> None:
        row = {
            "guid": publication.guid,
            "published_at": publication.published_at,
            "checks": publication.checks,
            "log_sha256": publication.log_sha256,
        }
        self._session.add(BEGIN, [row])

    def get(self, guid: str) -> Publication | None:
        row = self._session.first(GET, {"whose": guid})
        return None if row is None else Publication(row.guid, row.published_at, row.checks, row.log_sha256)

    def visit(self, visit: PublicVisit) -> None:
        told = {"address": visit.address, "agent": visit.agent, "document": visit.document}
        row = {"guid": visit.guid, "id": visit.id, "kind": visit.kind.value, "at": visit.at, "period": None}
        sealed = self._personal.key(visit.guid).seal(told, _context(visit))
        self._session.add(ADD, [row | {"personal": sealed}])

    def fix(self, guid: str, number: int) -> Sequence[PublicVisit]:
        if self._session.changed(CHECKED, {"whose": guid, "before": number - 1, "now": number}) != 1:
            return ()
        self._session.changed(FIX, {"whose": guid, "number": number})
        return [self._visit(row) for row in self._session.rows(OF_PERIOD, {"whose": guid, "number": number})]

    def visits(self, guid: str) -> Sequence[PublicVisit]:
        return [self._visit(row) for row in self._session.rows(OF, {"whose": guid})]

    def count(self, guid: str, kind: VisitKind) -> int:
        [row] = self._session.rows(COUNT, {"whose": guid, "what": kind.value})
        return int(row.many)

    def logged(self, guid: str, sha256: bytes) -> None:
        self._session.changed(LOGGED, {"whose": guid, "digest": sha256})

    def _visit(self, row: Any) -> PublicVisit:
        told = self._personal.key(row.guid).open(row.personal, _context(row))
        kind = VisitKind(row.kind)
        return PublicVisit(row.id, row.guid, kind, row.at, **told, period=row.period)


def _context(visit: Any) -> str:
    return f"public_visits/{visit.guid}/{visit.id}"
