"""A publication: a page that is public from one instant to another, who saw it, and who accepted it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Spain's numbering plan: nine digits without a prefix are a number of this country.
NATIONAL_DIGITS, COUNTRY = 9, "+34"
SHORTEST_NUMBER, LONGEST_NUMBER = 8, 15


class VisitKind(StrEnum):
    """What a visitor did. Values are stored: never rename one."""

    PAGE = "PAGE"
    DOCUMENT = "DOCUMENT"
    JOINED = "JOINED"


@dataclass(frozen=True, slots=True)
class PublicVisit:
    """One access. `address` and `agent` tell of a person; `document` is 0-based, None for the page itself.

    `period` numbers the check that fixed it in its evidence, None until then.
    """

    id: str
    guid: str
    kind: VisitKind
    at: datetime
    address: str = ""
    agent: str = ""
    document: int | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """`checks` counts the checks so far; `log_sha256` names the file of all accesses, once there is one."""

    guid: str
    published_at: datetime
    checks: int = 0
    log_sha256: bytes | None = None


def phone_number(typed: str) -> str:
    """E.164 (ITU-T) of what a person types, or "" for what cannot be a telephone number."""
    marks = typed.strip()
    digits = "".join(mark for mark in marks if mark.isdigit() and mark.isascii())
    if set(marks) - set("0123456789+ .-()"):
        return ""
    if marks.startswith("00"):
        digits = digits[2:]
    elif not marks.startswith("+"):
        return COUNTRY + digits if len(digits) == NATIONAL_DIGITS else ""
    return f"+{digits}" if SHORTEST_NUMBER <= len(digits) <= LONGEST_NUMBER else ""
