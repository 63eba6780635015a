"""What re-verifying stored octets found: one check of one owner's objects, and the whole picture."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FixityResult(StrEnum):
    """How a check ended. Stored: never rename one."""

    OK = "OK"
    FAILED = "FAILED"


class FixityProblem(StrEnum):
    """What is wrong with an object. Stored: never rename one."""

    MISSING = "MISSING"
    ALTERED = "ALTERED"
    UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class FixityFailure:
    """One object that is not what was stored, from when it was found until it was whole again.

    `object` names a blob by its digest and a column by its place; nothing personal.
    """

    owner: str
    object: str
    problem: FixityProblem
    found_at: datetime
    mended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FixityCheck:
    """One check of everything that is stored of an owner: how many objects, octets, and what is wrong."""

    owner: str
    objects: int
    octets: int
    failures: tuple[tuple[str, FixityProblem], ...] = ()

    @property
    def result(self) -> FixityResult:
        return FixityResult.FAILED if self.failures else FixityResult.OK


@dataclass(frozen=True, slots=True)
class FixityClaim:
    """An owner that this process may check until the lease ends; the fence is the newest while it does."""

    owner: str
    fence: int


@dataclass(frozen=True, slots=True)
class FixityRow:
    """The last check of an owner; `checked_at` and `result` are None before the first."""

    owner: str
    due_at: datetime
    checked_at: datetime | None
    result: FixityResult | None
    objects: int
    octets: int


@dataclass(frozen=True, slots=True)
class FixityTotals:
    """The whole picture: owners, of them never checked, overdue and failed; objects and octets at the last
    checks, and the oldest of those."""

    owners: int
    never: int
    overdue: int
    failed: int
    objects: int
    octets: int
    oldest: datetime | None
