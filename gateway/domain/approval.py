"""Two persons: a change asked for by one, approved by another, carried out once, or over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(days=3)


class Change(StrEnum):
    """What takes two persons. Values are stored: never rename one.

    The first four are files, of which the newest change carried out is in force; the others are single acts.
    """

    ANCHORS = "ANCHORS"
    ISSUER_ANCHORS = "ISSUER_ANCHORS"
    ALGORITHM_POLICY = "ALGORITHM_POLICY"
    SEAL_KEYS = "SEAL_KEYS"
    ISSUER_CERTIFICATE = "ISSUER_CERTIFICATE"
    KEK_ROTATION = "KEK_ROTATION"
    KEK_SHREDDING = "KEK_SHREDDING"


FILES = (Change.ANCHORS, Change.ISSUER_ANCHORS, Change.ALGORITHM_POLICY, Change.SEAL_KEYS)


class ApprovalState(StrEnum):
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DONE = "DONE"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Approval:
    """`digest` (SHA-256) is of exactly what will be in force; `subject` says it for people, with no personal
    data. People are named by their ids. It cannot be carried out from `ends_at` on."""

    id: str
    change: Change
    digest: bytes
    subject: str
    reason: str
    requested_by: str
    requested_at: datetime
    ends_at: datetime
    state: ApprovalState = ApprovalState.REQUESTED
    decided_by: str = ""
    decided_at: datetime | None = None
    done_at: datetime | None = None

    def over(self, now: datetime) -> bool:
        """Neither carried out nor refused, and too late for it."""
        return self.state in (ApprovalState.REQUESTED, ApprovalState.APPROVED) and now >= self.ends_at
