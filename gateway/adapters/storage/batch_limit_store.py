"""What issuers' batches took on a day, and the external ids that an ALL_OR_NOTHING batch has reserved."""

from sqlalchemy import and_, bindparam, delete, or_, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import batch_days, batch_reservations, issuers

D, R = batch_days.c, batch_reservations.c
BEGIN = InsertOnce(batch_days, ("issuer", "day"))
TAKEN = select(D.taken).where(and_(D.issuer == bindparam("issuer"), D.day == bindparam("day")))
TAKE = (
    update(batch_days)
    .where(
        and_(
            D.issuer == bindparam("whose"),
            D.day == bindparam("on_day"),
            or_(bindparam("most") == 0, D.taken + bindparam("more") <= bindparam("most")),
        )
    )
    .values(taken=D.taken + bindparam("more"))
)
# Whoever inserts a transaction holds its issuer's row against this, by the foreign key.
LOCK = select(issuers.c.issuer).where(issuers.c.issuer == bindparam("whose")).with_for_update()
RESERVE = InsertOnce(batch_reservations, ("issuer", "external_id"))
HOLDER = select(R.batch, R.content_digest).where(
    and_(R.issuer == bindparam("issuer"), R.external_id == bindparam("external_id"))
)
RELEASE = delete(batch_reservations).where(R.batch == bindparam("whose"))


class QuotaStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def taken(self, issuer: int, day: str) -> int:
        row = self._session.first(TAKEN, {"issuer": issuer, "day": day})
        return 0 if row is None else int(row.taken)

    def take(self, issuer: int, day: str, count: int, limit: int) -> bool:
        self._session.add_once(BEGIN, {"issuer": issuer, "day": day, "taken": 0})
        change = {"whose": issuer, "on_day": day, "more": count, "most": limit}
        return self._session.changed(TAKE, change) == 1


class ReservationStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self, issuer: int) -> None:
        self._session.first(LOCK, {"whose": issuer})

    def add(self, issuer: int, external_id: str, batch_id: str, content_digest: bytes) -> bool:
        row = {
            "issuer": issuer,
            "external_id": external_id,
            "batch": batch_id,
            "content_digest": content_digest,
        }
        return self._session.add_once(RESERVE, row)

    def holder(self, issuer: int, external_id: str) -> tuple[str, bytes] | None:
        row = self._session.first(HOLDER, {"issuer": issuer, "external_id": external_id})
        return None if row is None else (row.batch, row.content_digest)

    def release(self, batch_id: str) -> None:
        self._session.changed(RELEASE, {"whose": batch_id})
