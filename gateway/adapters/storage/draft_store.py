"""Drafts of the web sender and their rows; what they say is sealed under each draft's own data key.

Every change is a compare-and-set on the draft's version; rows are settled once, from WAITING.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, select, update

from gateway.adapters.storage.draft_json import (
    addressee_from,
    addressee_to,
    composition_from,
    composition_to,
)
from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import draft_rows, drafts
from gateway.domain.draft import Composition, Draft, DraftRow, DraftStatus, RowOutcome, RowStatus, owner_of

D, R = drafts.c, draft_rows.c
ADD = InsertOnce(drafts, ("draft",))
GET = select(drafts).where(D.draft == bindparam("which"))
OF_ISSUER = (
    select(drafts)
    .where(and_(D.issuer == bindparam("whose"), D.status == bindparam("how")))
    .order_by(D.updated_at.desc(), D.draft)
    .limit(bindparam("most"))
)
COUNT = select(func.count(D.draft).label("open")).where(
    and_(D.issuer == bindparam("whose"), D.status == bindparam("how"))
)
EXPIRED = (
    select(D.draft)
    .where(and_(D.expires_at < bindparam("before"), D.status != DraftStatus.SENDING.value))
    .order_by(D.expires_at, D.draft)
    .limit(bindparam("most"))
)
REPLACE = (
    update(drafts)
    .where(
        and_(D.draft == bindparam("which"), D.version == bindparam("seen"), D.status == bindparam("seen_as"))
    )
    .values(
        status=bindparam("how"),
        version=D.version + 1,
        updated_at=bindparam("at"),
        expires_at=bindparam("until"),
        total=bindparam("rows"),
        sent=bindparam("gone"),
        refused=bindparam("back"),
        sent_by=bindparam("who"),
        session_word=bindparam("in_session"),
        personal=bindparam("sealed", type_=D.personal.type),
    )
)
REMOVE = delete(drafts).where(
    and_(D.draft == bindparam("which"), D.version == bindparam("seen"), D.status == bindparam("seen_as"))
)
ADD_ROWS = insert(draft_rows)
CLEAR_ROWS = delete(draft_rows).where(R.draft == bindparam("which"))
ROWS = (
    select(draft_rows)
    .where(and_(R.draft == bindparam("which"), R.position >= bindparam("first")))
    .order_by(R.position)
    .limit(bindparam("most"))
)
ROWS_AS = (
    select(draft_rows)
    .where(and_(R.draft == bindparam("which"), R.status == bindparam("how")))
    .order_by(R.position)
    .limit(bindparam("most"))
)
SETTLE = (
    update(draft_rows)
    .where(
        and_(
            R.draft == bindparam("which"),
            R.position == bindparam("place"),
            R.status.in_([bindparam("from_one"), bindparam("from_other")]),
        )
    )
    .values(status=bindparam("how"), guid=bindparam("what"), code=bindparam("said"), detail=bindparam("told"))
)
REOPEN_ROWS = update(draft_rows).where(R.draft == bindparam("which")).values(status=RowStatus.WAITING.value)
HOW_MANY: list[ColumnElement[Any]] = [R.status, func.count(R.position).label("rows")]
TALLY = select(*HOW_MANY).where(R.draft == bindparam("which")).group_by(R.status)


class DraftStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, draft: Draft) -> bool:
        """Insert; False when there is one of that id. Its data key comes first."""
        row = {
            "draft": draft.id,
            "issuer": draft.issuer,
            "author": draft.author,
            "status": draft.status.value,
            "version": draft.version,
            "created_at": draft.created_at,
            "updated_at": draft.updated_at,
            "expires_at": draft.expires_at,
            "total": draft.total,
            "sent": draft.sent,
            "refused": draft.refused,
            "sent_by": draft.sent_by,
            "session_word": draft.session,
            "personal": self._sealed(draft),
        }
        return self._session.add_once(ADD, row)

    def get(self, draft_id: str) -> Draft | None:
        """With an empty composition once its data key is destroyed."""
        row = self._session.first(GET, {"which": draft_id})
        return None if row is None else self._draft(row)

    def of(self, issuer: int, status: DraftStatus, limit: int) -> Sequence[Draft]:
        """Newest change first."""
        asked = {"whose": issuer, "how": status.value, "most": limit}
        return [self._draft(row) for row in self._session.rows(OF_ISSUER, asked)]

    def count(self, issuer: int, status: DraftStatus) -> int:
        found = self._session.first(COUNT, {"whose": issuer, "how": status.value})
        return 0 if found is None else int(found.open)

    def expired(self, before: datetime, limit: int) -> Sequence[str]:
        asked = {"before": before, "most": limit}
        return [row.draft for row in self._session.rows(EXPIRED, asked)]

    def replace(self, before: Draft, after: Draft) -> Draft | None:
        """Compare-and-set on version and status; gives the draft with its next version, or None."""
        change = {
            "which": before.id,
            "seen": before.version,
            "seen_as": before.status.value,
            "how": after.status.value,
            "at": after.updated_at,
            "until": after.expires_at,
            "rows": after.total,
            "gone": after.sent,
            "back": after.refused,
            "who": after.sent_by,
            "in_session": after.session,
            "sealed": self._sealed(after),
        }
        if self._session.changed(REPLACE, change) != 1:
            return None
        return replace(after, version=before.version + 1)

    def remove(self, draft: Draft) -> bool:
        """Compare-and-set, rows first; leaving without a commit brings them back."""
        self._session.changed(CLEAR_ROWS, {"which": draft.id})
        change = {"which": draft.id, "seen": draft.version, "seen_as": draft.status.value}
        return self._session.changed(REMOVE, change) == 1

    def set_rows(self, draft: Draft, rows: Iterable[DraftRow]) -> None:
        """Instead of those that are there."""
        key = self._personal.key(draft.owner)
        self._session.changed(CLEAR_ROWS, {"which": draft.id})
        sealed = [
            {
                "draft": draft.id,
                "position": row.position,
                "status": row.status.value,
                "guid": row.guid or None,
                "code": row.code,
                "detail": row.detail[:1000],
                "personal": key.seal(addressee_to(row.addressee), _place(draft.id, row.position)),
            }
            for row in rows
        ]
        self._session.add(ADD_ROWS, sealed)

    def rows(self, draft: Draft, first: int, limit: int) -> Sequence[DraftRow]:
        """In order, from the position `first` on. Raises GatewayError(KEY_DESTROYED)."""
        asked = {"which": draft.id, "first": first, "most": limit}
        return [self._row(row) for row in self._session.rows(ROWS, asked)]

    def rows_as(self, draft: Draft, status: RowStatus, limit: int) -> Sequence[DraftRow]:
        """Raises GatewayError(KEY_DESTROYED)."""
        asked = {"which": draft.id, "how": status.value, "most": limit}
        return [self._row(row) for row in self._session.rows(ROWS_AS, asked)]

    def guids(self, draft: Draft, limit: int) -> Sequence[str]:
        """Of the rows that became transactions, in order; they need no key."""
        asked = {"which": draft.id, "how": RowStatus.SENT.value, "most": limit}
        return [row.guid for row in self._session.rows(ROWS_AS, asked)]

    def outcomes(self, draft: Draft, limit: int) -> Sequence[RowOutcome]:
        """In order; they need no key."""
        asked = {"which": draft.id, "first": 0, "most": limit}
        return [
            RowOutcome(row.position, RowStatus(row.status), row.guid or "", row.code, row.detail)
            for row in self._session.rows(ROWS, asked)
        ]

    def settle(self, draft: Draft, row: DraftRow) -> bool:
        """Compare-and-set from WAITING to what `row` says; SENT also outweighs REFUSED, for it is a fact."""
        waiting, sent = RowStatus.WAITING.value, row.status is RowStatus.SENT
        change = {
            "which": draft.id,
            "place": row.position,
            "how": row.status.value,
            "what": row.guid or None,
            "said": row.code,
            "told": row.detail[:1000],
            "from_one": waiting,
            "from_other": RowStatus.REFUSED.value if sent else waiting,
        }
        return self._session.changed(SETTLE, change) == 1

    def reopen(self, draft: Draft) -> None:
        """All rows to WAITING again; what was said of them stays to be read."""
        self._session.changed(REOPEN_ROWS, {"which": draft.id})

    def tally(self, draft: Draft) -> dict[RowStatus, int]:
        found = self._session.rows(TALLY, {"which": draft.id})
        return {RowStatus(row.status): int(row.rows) for row in found}

    def _sealed(self, draft: Draft) -> bytes | None:
        if self._personal.wrapped(draft.owner) is None:
            return None
        told = composition_to(draft.composition)
        return self._personal.key(draft.owner).seal(told, f"drafts/{draft.owner}/{draft.id}")

    def _draft(self, row: Any) -> Draft:
        owner = owner_of(row.draft)
        said = Composition()
        if row.personal is not None and self._personal.wrapped(owner) is not None:
            opened = self._personal.key(owner).open(row.personal, f"drafts/{owner}/{row.draft}")
            said = composition_from(opened)
        return Draft(
            id=row.draft,
            issuer=row.issuer,
            author=row.author,
            status=DraftStatus(row.status),
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
            expires_at=row.expires_at,
            composition=said,
            total=row.total,
            sent=row.sent,
            refused=row.refused,
            sent_by=row.sent_by,
            session=row.session_word,
        )

    def _row(self, row: Any) -> DraftRow:
        key = self._personal.key(owner_of(row.draft))
        return DraftRow(
            position=row.position,
            addressee=addressee_from(key.open(row.personal, _place(row.draft, row.position))),
            status=RowStatus(row.status),
            guid=row.guid or "",
            code=row.code,
            detail=row.detail,
        )


def _place(draft_id: str, position: int) -> str:
    return f"draft_rows/{owner_of(draft_id)}/{position}"
