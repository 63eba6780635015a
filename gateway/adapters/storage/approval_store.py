"""Changes that take two persons: asked for, decided, carried out. Every step is a compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import approvals
from gateway.domain.approval import Approval, ApprovalState, Change

T = approvals.c
ADD = insert(approvals)
GET = select(approvals).where(T.id == bindparam("which"))
NEWEST = select(approvals).order_by(T.requested_at.desc(), T.id).limit(bindparam("most"))
OF = (
    select(approvals)
    .where(and_(T.change_kind == bindparam("change"), T.state == bindparam("how")))
    .order_by(T.done_at.desc(), T.decided_at.desc(), T.id)
)
DECIDE = (
    update(approvals)
    .where(and_(T.id == bindparam("which"), T.state == bindparam("before")))
    .values(state=bindparam("after"), decided_by=bindparam("who"), decided_at=bindparam("moment"))
)
CARRY_OUT = (
    update(approvals)
    .where(and_(T.id == bindparam("which"), T.state == bindparam("before")))
    .values(state=bindparam("after"), done_at=bindparam("moment"))
)


class ApprovalStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, approval: Approval) -> None:
        row = {
            "id": approval.id,
            "change_kind": approval.change.value,
            "digest": approval.digest,
            "subject": approval.subject,
            "reason": approval.reason,
            "requested_by": approval.requested_by,
            "requested_at": approval.requested_at,
            "ends_at": approval.ends_at,
            "state": approval.state.value,
            "decided_by": approval.decided_by or None,
            "decided_at": approval.decided_at,
            "done_at": approval.done_at,
        }
        self._session.add(ADD, [row])

    def get(self, approval: str) -> Approval | None:
        row = self._session.first(GET, {"which": approval})
        return None if row is None else _approval(row)

    def newest(self, limit: int) -> Sequence[Approval]:
        return [_approval(row) for row in self._session.rows(NEWEST, {"most": limit})]

    def of(self, change: Change, state: ApprovalState) -> Sequence[Approval]:
        rows = self._session.rows(OF, {"change": change.value, "how": state.value})
        return [_approval(row) for row in rows]

    def decide(self, approval: str, state: ApprovalState, by: str, at: datetime) -> bool:
        change = {"which": approval, "after": state.value, "who": by, "moment": at}
        return self._session.changed(DECIDE, change | {"before": ApprovalState.REQUESTED.value}) == 1

    def carry_out(self, approval: str, at: datetime) -> bool:
        change = {"which": approval, "after": ApprovalState.DONE.value, "moment": at}
        return self._session.changed(CARRY_OUT, change | {"before": ApprovalState.APPROVED.value}) == 1


def _approval(row: Any) -> Approval:
    return Approval(
        id=row.id,
        change=Change(row.change_kind),
        digest=row.digest,
        subject=row.subject,
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        ends_at=row.ends_at,
        state=ApprovalState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        done_at=row.done_at,
    )
