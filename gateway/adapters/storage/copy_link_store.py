"""The rows of one-time download links; each is spent once."""

from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import copy_links
from gateway.domain.copies import CopyLink

T = copy_links.c
ADD = insert(copy_links)
GET = select(copy_links).where(T.digest == bindparam("which"))
SPEND = (
    update(copy_links)
    .where(and_(T.digest == bindparam("which"), T.used_at.is_(None), T.expires_at > bindparam("now")))
    .values(used_at=bindparam("at"))
)
SINCE = select(func.count().label("count")).where(
    and_(T.guid == bindparam("whose"), T.position == bindparam("place"), T.made_at > bindparam("since"))
)


class CopyLinkStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, link: CopyLink) -> None:
        row = {
            "digest": link.digest,
            "guid": link.guid,
            "position": link.position,
            "made_at": link.made_at,
            "expires_at": link.expires_at,
            "used_at": link.used_at,
        }
        self._session.add(ADD, [row])

    def get(self, digest: bytes) -> CopyLink | None:
        row = self._session.first(GET, {"which": digest})
        if row is None:
            return None
        return CopyLink(row.digest, row.guid, row.position, row.made_at, row.expires_at, row.used_at)

    def spend(self, digest: bytes, at: datetime) -> bool:
        return self._session.changed(SPEND, {"which": digest, "now": at, "at": at}) == 1

    def made_since(self, guid: str, position: int, since: datetime) -> int:
        row = self._session.first(SINCE, {"whose": guid, "place": position, "since": since})
        return 0 if row is None else int(row.count)
