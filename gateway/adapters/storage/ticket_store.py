"""One-time tickets of embedded portals, and the origins that may frame them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import access_tickets, issuer_origins
from gateway.domain.access_ticket import AccessTicket

T, ORIGINS = access_tickets.c, issuer_origins.c
ADD = insert(access_tickets)
THIS = T.digest == bindparam("which")
GET = select(access_tickets).where(THIS)
REDEEM = update(access_tickets).where(and_(THIS, T.used_at.is_(None))).values(used_at=bindparam("moment"))
OLD = select(T.digest).where(T.valid_until < bindparam("before")).limit(bindparam("most"))
FORGET = delete(access_tickets).where(THIS)
ADD_ORIGIN = InsertOnce(issuer_origins, ("issuer", "origin"))
REMOVE = delete(issuer_origins).where(
    and_(ORIGINS.issuer == bindparam("whose"), ORIGINS.origin == bindparam("page"))
)
OF = select(issuer_origins).where(ORIGINS.issuer == bindparam("whose")).order_by(ORIGINS.origin)


class TicketStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, ticket: AccessTicket) -> None:
        key = self._personal.key(ticket.guid)
        row = {
            "digest": ticket.digest,
            "guid": ticket.guid,
            "position": ticket.position,
            "link_version": ticket.link_version,
            "made_at": ticket.made_at,
            "valid_until": ticket.valid_until,
            "used_at": ticket.used_at,
            "personal": key.seal({"return_url": ticket.return_url}, _context(ticket.guid, ticket.digest)),
        }
        self._session.add(ADD, [row])

    def get(self, digest: bytes) -> AccessTicket | None:
        row = self._session.first(GET, {"which": digest})
        if row is None:
            return None
        told = self._personal.key(row.guid).open(row.personal, _context(row.guid, row.digest))
        times = row.made_at, row.valid_until
        return AccessTicket(
            row.digest, row.guid, row.position, row.link_version, *times, told["return_url"], row.used_at
        )

    def redeem(self, digest: bytes, at: datetime) -> bool:
        return self._session.changed(REDEEM, {"which": digest, "moment": at}) == 1

    def forget(self, before: datetime, limit: int) -> int:
        old = self._session.rows(OLD, {"before": before, "most": limit})
        return sum(self._session.changed(FORGET, {"which": row.digest}) for row in old)


class OriginStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, issuer: int, origin: str, at: datetime) -> bool:
        return self._session.add_once(ADD_ORIGIN, {"issuer": issuer, "origin": origin, "added_at": at})

    def remove(self, issuer: int, origin: str) -> bool:
        return self._session.changed(REMOVE, {"whose": issuer, "page": origin}) == 1

    def of(self, issuer: int) -> Sequence[str]:
        return [row.origin for row in self._session.rows(OF, {"whose": issuer})]


def _context(guid: str, digest: bytes) -> str:
    return f"access_tickets/{guid}/{digest.hex()}"
