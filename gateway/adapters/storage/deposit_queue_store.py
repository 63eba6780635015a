"""The queue of what was sealed or fixed and is not in a deposit yet."""

from datetime import datetime

from sqlalchemy import insert

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import deposit_queue

ADD = insert(deposit_queue)


class DepositQueueStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, owner: str, name: str, sha256: bytes, at: datetime) -> None:
        row = {"owner": owner, "name": name, "sha256": sha256, "queued_at": at, "deposit": None}
        self._session.add(ADD, [row])
