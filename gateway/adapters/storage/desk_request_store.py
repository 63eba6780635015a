"""What the desk was asked to do once only, by the caller's token."""

from datetime import datetime

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import desk_requests

ADD = InsertOnce(desk_requests, ("token",))


class DeskRequestStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def first(self, token: str, guid: str, action: str, at: datetime) -> bool:
        row = {"token": token, "guid": guid, "action": action, "asked_at": at}
        return self._session.add_once(ADD, row)
