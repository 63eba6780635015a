"""Calls of signing programs on recipients' devices. Their identifiers are kept as digests only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import signing_errands
from gateway.domain.recipient_signature import Errand, ErrandState

T = signing_errands.c
ADD = insert(signing_errands)
GET = select(signing_errands).where(T.mark == bindparam("which"))
OF = (
    select(signing_errands)
    .where(and_(T.guid == bindparam("whose"), T.recipient == bindparam("place")))
    .order_by(T.created_at, T.mark)
)
REPLACE = (
    update(signing_errands)
    .where(and_(T.mark == bindparam("which"), T.state == bindparam("was")))
    .values(state=bindparam("becomes"), answer_sha256=bindparam("answer"))
)


class ErrandStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, errand: Errand) -> None:
        self._session.add(ADD, [_row(errand)])

    def get(self, mark: bytes) -> Errand | None:
        row = self._session.first(GET, {"which": mark})
        return None if row is None else _errand(row)

    def of(self, guid: str, recipient: int) -> Sequence[Errand]:
        return [_errand(row) for row in self._session.rows(OF, {"whose": guid, "place": recipient})]

    def replace(self, before: Errand, after: Errand) -> bool:
        changed = {
            "which": before.mark,
            "was": before.state.value,
            "becomes": after.state.value,
            "answer": after.answer_sha256,
        }
        return self._session.changed(REPLACE, changed) == 1


def _row(errand: Errand) -> dict[str, Any]:
    return {
        "mark": errand.mark,
        "guid": errand.guid,
        "document": errand.document,
        "recipient": errand.recipient,
        "link_version": errand.link_version,
        "state": errand.state.value,
        "body": errand.body,
        "answer_sha256": errand.answer_sha256,
        "created_at": errand.created_at,
        "expires_at": errand.expires_at,
    }


def _errand(row: Any) -> Errand:
    return Errand(
        mark=row.mark,
        guid=row.guid,
        document=row.document,
        recipient=row.recipient,
        link_version=row.link_version,
        state=ErrandState(row.state),
        body=row.body,
        created_at=row.created_at,
        expires_at=row.expires_at,
        answer_sha256=row.answer_sha256,
    )
