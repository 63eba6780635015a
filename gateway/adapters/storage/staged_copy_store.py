"""Signed copies that wait for the others of their recipient; their octets live in the vault."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import staged_copies
from gateway.domain.recipient_signature import StagedCopy

T = staged_copies.c
THEIRS = and_(T.guid == bindparam("whose"), T.recipient == bindparam("place"))
ADD = insert(staged_copies)
OF = select(staged_copies).where(THEIRS).order_by(T.document)
DROP = delete(staged_copies).where(and_(THEIRS, T.document == bindparam("which")))
CLEAR = delete(staged_copies).where(THEIRS)


class StagedCopyStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, copy: StagedCopy) -> None:
        place = {"whose": copy.guid, "place": copy.recipient, "which": copy.document}
        self._session.changed(DROP, place)
        self._session.add(ADD, [_row(copy)])

    def of(self, guid: str, recipient: int) -> Sequence[StagedCopy]:
        return [_copy(row) for row in self._session.rows(OF, {"whose": guid, "place": recipient})]

    def clear(self, guid: str, recipient: int) -> None:
        self._session.changed(CLEAR, {"whose": guid, "place": recipient})


def _row(copy: StagedCopy) -> dict[str, Any]:
    return {
        "guid": copy.guid,
        "document": copy.document,
        "recipient": copy.recipient,
        "sha256": copy.sha256,
        "byte_size": copy.size,
        "created_at": copy.at,
    }


def _copy(row: Any) -> StagedCopy:
    return StagedCopy(row.guid, row.document, row.recipient, row.sha256, row.byte_size, row.created_at)
