"""Digests of signed requests already seen, kept until their own Timestamp would refuse them."""

from datetime import datetime

from sqlalchemy import bindparam, delete

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import replays

ADD = InsertOnce(replays, ("digest",))
PURGE = delete(replays).where(replays.c.expires_at < bindparam("now"))


class ReplayStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, digest: bytes, seen_at: datetime, expires_at: datetime) -> bool:
        row = {"digest": digest, "seen_at": seen_at, "expires_at": expires_at}
        return self._session.add_once(ADD, row)

    def purge(self, now: datetime) -> int:
        """Forget what has expired; how many."""
        return self._session.changed(PURGE, {"now": now})
