"""Refused submissions of known issuers; what was wrong with them is sealed under a data key of their own."""

from sqlalchemy import insert

from gateway.adapters.storage.personal import Personal, PersonalPart
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import rejections
from gateway.domain.record import Rejection

ADD = insert(rejections)
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
