"""Refused submissions of known issuers."""

from sqlalchemy import insert

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import rejections
from gateway.domain.record import Rejection

ADD = insert(rejections)


class RejectionStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rejection: Rejection) -> None:
        row = {
            "request_id": rejection.request_id,
            "issuer": rejection.issuer,
            "code": rejection.code,
            "detail": rejection.detail[:1000],
            "received_at": rejection.received_at,
            "raw_sha256": rejection.raw_sha256,
            "signer_sha256": rejection.signer_sha256,
        }
        self._session.add(ADD, [row])
