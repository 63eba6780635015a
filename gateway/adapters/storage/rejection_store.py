"""Refused submissions of known issuers; what was wrong with them is sealed under a data key of their own."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import and_, bindparam, delete, insert, or_, select

from gateway.adapters.storage.personal import Personal, PersonalPart, keyed
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import rejections
from gateway.domain.record import Rejection

R = rejections.c
START = (datetime(1, 1, 1, tzinfo=UTC), "")
ADD = insert(rejections)
GET = keyed(rejections, R.request_id).where(R.request_id == bindparam("request_id"))
REMOVE = delete(rejections).where(R.request_id == bindparam("whose"))
ENDED = (
    select(R.received_at, R.request_id)
    .where(
        and_(
            R.received_at < bindparam("before"),
            or_(
                R.received_at > bindparam("after_time"),
                and_(R.received_at == bindparam("after_time"), R.request_id > bindparam("after_id")),
            ),
        )
    )
    .order_by(R.received_at, R.request_id)
    .limit(bindparam("most"))
)
PART = PersonalPart(
    rejections,
    owner="request_id",
    place="request_id",
    emptied={"detail": ""},
    clear=lambda row: {"detail": row.detail},
)


class RejectionStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, rejection: Rejection) -> None:
        """Raises GatewayError(KEY_DESTROYED) when its data key was not stored before."""
        row = {
            "request_id": rejection.request_id,
            "issuer": rejection.issuer,
            "code": rejection.code,
            "received_at": rejection.received_at,
            "raw_sha256": rejection.raw_sha256,
            "signer_sha256": rejection.signer_sha256,
        }
        told = {"detail": rejection.detail[:1000]}
        self._session.add(ADD, [row | PART.sealed(self._personal, rejection, told)])

    def get(self, request_id: str) -> Rejection | None:
        """Raises GatewayError(KEY_DESTROYED) when nothing opens its personal part any more."""
        row = self._session.first(GET, {"request_id": request_id})
        if row is None:
            return None
        return Rejection(
            request_id=row.request_id,
            issuer=row.issuer,
            code=row.code,
            detail=PART.told(self._personal, row, keyed=True)["detail"],
            received_at=row.received_at,
            raw_sha256=row.raw_sha256,
            signer_sha256=row.signer_sha256,
        )

    def ended(
        self, before: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[tuple[datetime, str]]:
        after_time, after_id = after or START
        asked = {"before": before, "after_time": after_time, "after_id": after_id, "most": limit}
        return [(row.received_at, row.request_id) for row in self._session.rows(ENDED, asked)]

    def remove(self, request_id: str) -> bool:
        return self._session.changed(REMOVE, {"whose": request_id}) == 1
