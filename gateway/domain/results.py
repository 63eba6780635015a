"""How a transaction ended (`Result`) and how each recipient did (`RecipientState`).

State says how far, result says how it ended. Result numbers are frozen and public.
"""

from collections.abc import Sequence
from enum import Enum, IntEnum


class Result(IntEnum):
    PENDING = 0
    COMPLETED = 7
    REJECTED = 8
    PARTIALLY_COMPLETED = 16
    RECIPIENT_DATA_ERROR = 99901
    NOTICE_FAILED = 99903
    CODE_ATTEMPTS_EXCEEDED = 99904
    EXPIRED = 99906
    CANCELLED_BY_ISSUER = 99932
    WITHDRAWN_BY_RECIPIENT = 99940
    CLOSED_BY_OPERATOR = 99990


class RecipientState(Enum):
    PENDING = "PENDING"
    NOTIFIED = "NOTIFIED"
    ACCESSED = "ACCESSED"
    CONSULTED = "CONSULTED"
    CHALLENGED = "CHALLENGED"
    SIGNED = "SIGNED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    UNREACHABLE = "UNREACHABLE"
    WITHDRAWN = "WITHDRAWN"

    @property
    def terminal(self) -> bool:
        return self in TERMINAL


POSITIVE = frozenset({RecipientState.SIGNED, RecipientState.ACCEPTED})
TERMINAL = POSITIVE | {
    RecipientState.REJECTED,
    RecipientState.EXPIRED,
    RecipientState.UNREACHABLE,
    RecipientState.WITHDRAWN,
}

# With nobody positive, the first of these that any recipient bears is the result.
NEGATIVE_ORDER = (
    Result.REJECTED,
    Result.WITHDRAWN_BY_RECIPIENT,
    Result.CODE_ATTEMPTS_EXCEEDED,
    Result.RECIPIENT_DATA_ERROR,
    Result.NOTICE_FAILED,
    Result.EXPIRED,
)


def combined(outcomes: Sequence[Result]) -> Result:
    """The transaction's result from its recipients' (COMPLETED for a positive one).

    Raises ValueError when there is no recipient, or one is still pending.
    """
    if not outcomes or any(outcome not in {Result.COMPLETED, *NEGATIVE_ORDER} for outcome in outcomes):
        raise ValueError("every recipient must have an outcome of its own")
    positive = sum(outcome is Result.COMPLETED for outcome in outcomes)
    if positive:
        return Result.COMPLETED if positive == len(outcomes) else Result.PARTIALLY_COMPLETED
    return next(result for result in NEGATIVE_ORDER if result in outcomes)
