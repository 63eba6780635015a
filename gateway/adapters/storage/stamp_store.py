"""Digest time-stamps, one a transaction, that wait for deposit from state 3 on."""

from sqlalchemy import bindparam, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import digest_stamps
from gateway.domain.record import DigestStamp

ADD = insert(digest_stamps)
GET = select(digest_stamps).where(digest_stamps.c.guid == bindparam("guid"))


class StampStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, stamp: DigestStamp) -> None:
        row = {
            "guid": stamp.guid,
            "manifest": stamp.manifest,
            "token": stamp.token,
            "stamped_at": stamp.stamped_at,
            "tsa": stamp.tsa,
        }
        self._session.add(ADD, [row])

    def get(self, guid: str) -> DigestStamp | None:
        row = self._session.first(GET, {"guid": guid})
        return (
            None if row is None else DigestStamp(row.guid, row.manifest, row.token, row.stamped_at, row.tsa)
        )
