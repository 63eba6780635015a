"""The mailboxes that issuers are alerted at, besides their own contact."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, select

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import alert_addresses

A = alert_addresses.c
OF = select(A.address).where(A.issuer == bindparam("whose")).order_by(A.address)
ADD = InsertOnce(alert_addresses, ("issuer", "address"))
REMOVE = delete(alert_addresses).where(and_(A.issuer == bindparam("whose"), A.address == bindparam("which")))


class AlertAddressStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, issuer: int) -> Sequence[str]:
        return tuple(row.address for row in self._session.rows(OF, {"whose": issuer}))

    def add(self, issuer: int, address: str, at: datetime) -> bool:
        return self._session.add_once(ADD, {"issuer": issuer, "address": address, "added_at": at})

    def remove(self, issuer: int, address: str) -> bool:
        return self._session.changed(REMOVE, {"whose": issuer, "which": address}) == 1
