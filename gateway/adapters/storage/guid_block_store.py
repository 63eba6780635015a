"""Blocks of GUID sequences, reserved by compare-and-set."""

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import guid_blocks

FIRST_SEQUENCE = 1
T = guid_blocks.c
ADD = InsertOnce(guid_blocks, ("installation", "issuer"))
OURS = and_(T.installation == bindparam("ours"), T.issuer == bindparam("whose"))
SEEN = select(T.next_sequence).where(OURS)
TAKE = (
    update(guid_blocks)
    .where(and_(OURS, T.next_sequence == bindparam("seen")))
    .values(next_sequence=bindparam("next"))
)
SKIP = update(guid_blocks).values(next_sequence=T.next_sequence + bindparam("leap"))


class GuidBlockStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def reserve(self, installation: int, issuer: int, size: int) -> int:
        """The first of `size` sequence numbers that nobody else will ever get, once this is committed."""
        first = {"installation": installation, "issuer": issuer, "next_sequence": FIRST_SEQUENCE}
        self._session.add_once(ADD, first)
        ours = {"ours": installation, "whose": issuer}
        while True:
            [row] = self._session.rows(SEEN, ours)
            seen: int = row.next_sequence
            if self._session.changed(TAKE, ours | {"seen": seen, "next": seen + size}) == 1:
                return seen

    def skip(self, leap: int) -> int:
        """Let every issuer's sequence go on so much further; how many issuers there are."""
        return self._session.changed(SKIP, {"leap": leap})
