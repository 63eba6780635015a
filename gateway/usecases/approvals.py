"""Two persons for keys, trust anchors and the algorithm policy: one asks, another approves, it is done once.

What is approved is a digest. Files are compared with it whenever they are loaded; single acts use an approval
up in the unit of work in which they happen (decision 0030).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from gateway.domain.approval import LIFE, Approval, ApprovalState, Change
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission
from gateway.usecases.desk.staff import word_of
from gateway.usecases.ports import Clock, Database, UnitOfWork

LONGEST_SUBJECT, LONGEST_REASON = 200, 300


@dataclass(frozen=True, slots=True)
class Content:
    """What is there now: the digest of all of it, and its name for people."""

    digest: bytes
    subject: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """`required`: nothing is loaded or done without. `life`: how long a request is good."""

    database: Database
    clock: Clock
    required: bool = False
    life: timedelta = field(default=LIFE)

    def request(self, acting: Acting, change: Change, content: Content) -> Approval:
        """Raises GatewayError ACCESS_DENIED, or RULE_BROKEN without a reason."""
        _must_trust(acting)
        now = self.clock.now()
        approval = Approval(
            id=f"approval-{uuid4().hex[:16]}",
            change=change,
            digest=content.digest,
            subject=content.subject[:LONGEST_SUBJECT],
            reason=acting.reason.strip()[:LONGEST_REASON],
            requested_by=acting.person.id,
            requested_at=now,
            ends_at=now + self.life,
        )
        with self.database.write() as uow:
            uow.approvals.add(approval)
            _note(uow, "approval-requested", approval, by=acting.person.id, reason=word_of(acting.reason))
            uow.commit()
        return approval

    def decide(self, acting: Acting, approval_id: str, *, approve: bool) -> Approval:
        """Approve or refuse what another person asked for; whoever asked may only take it back.

        Raises GatewayError: ACCESS_DENIED, NOT_FOUND, APPROVAL_REFUSED.
        """
        _must_trust(acting)
        now, state = self.clock.now(), ApprovalState.APPROVED if approve else ApprovalState.REFUSED
        with self.database.write() as uow:
            approval = uow.approvals.get(approval_id)
            if approval is None:
                raise GatewayError(ErrorKind.APPROVAL_REFUSED, "there is no such request")
            if approve and approval.requested_by == acting.person.id:
                raise GatewayError(ErrorKind.APPROVAL_REFUSED, "another person must approve it")
            if approval.over(now) or not uow.approvals.decide(approval_id, state, acting.person.id, now):
                raise GatewayError(ErrorKind.APPROVAL_REFUSED, "it is decided already, or over")
            action = "approval-given" if approve else "approval-refused"
            _note(uow, action, approval, by=acting.person.id, reason=word_of(acting.reason))
            uow.commit()
        return approval

    def newest(self, limit: int = 100) -> Sequence[Approval]:
        with self.database.read() as uow:
            return uow.approvals.newest(limit)

    def in_force(self, change: Change) -> Approval | None:
        """The newest change of that kind that was carried out."""
        with self.database.read() as uow:
            return next(iter(uow.approvals.of(change, ApprovalState.DONE)), None)

    def enforce(self, contents: Mapping[Change, Content]) -> None:
        """Whatever is loaded must be what is in force, or what was approved and comes into force by this.

        Raises GatewayError(APPROVAL_MISSING), naming the change and its digest. An older approved content is
        not good again: going back takes two persons too.
        """
        if not self.required:
            return
        for change, content in contents.items():
            with self.database.write() as uow:
                done = next(iter(uow.approvals.of(change, ApprovalState.DONE)), None)
                if done is None or done.digest != content.digest:
                    self.use(uow, change, content.digest)
                    uow.commit()

    def use(self, uow: UnitOfWork, change: Change, digest: bytes) -> None:
        """Carry an approved change out, once, within the caller's unit of work.

        Raises GatewayError(APPROVAL_MISSING) when there is none (any more).
        """
        if not self.required:
            return
        now = self.clock.now()
        for approval in uow.approvals.of(change, ApprovalState.APPROVED):
            fits = approval.digest == digest and not approval.over(now)
            if fits and uow.approvals.carry_out(approval.id, now):
                _note(uow, "approval-carried-out", approval)
                return
        raise GatewayError(ErrorKind.APPROVAL_MISSING, f"{change.value} {digest.hex()}")


def _must_trust(acting: Acting) -> None:
    if not acting.person.may(Permission.MANAGE_TRUST):
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    if not acting.reason.strip():
        raise GatewayError(ErrorKind.RULE_BROKEN, "a reason is needed")


def _note(uow: UnitOfWork, action: str, approval: Approval, **details: str) -> None:
    uow.audit.append(
        action, approval.id, change=approval.change.value, digest=approval.digest.hex(), **details
    )
