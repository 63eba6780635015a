"""What is left of a visit once it is over: the receipt that the last page is drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class DoneReceipt:
    """What the last page says once the process no longer answers.

    `at` is when they decided; `documents` has a name a line, nothing when the `count` of them do not fit.
    """

    outcome: str
    guid: str
    issuer: str
    return_url: str
    language: str
    test: bool = False
    position: int = 0
    at: datetime | None = None
    documents: str = ""
    count: int = 0
    copied: bool = False


def receipt_of(values: Mapping[str, str | int]) -> DoneReceipt:
    """As its cookie holds it."""
    names = ("outcome", "guid", "issuer", "return_url", "language")
    outcome, guid, issuer, return_url, language = (str(values[name]) for name in names)
    test, position = bool(values.get("test", 0)), int(values.get("position", 0))
    seconds = int(values.get("at", 0))
    return DoneReceipt(
        outcome,
        guid,
        issuer,
        return_url,
        language,
        test,
        position,
        at=datetime.fromtimestamp(seconds, UTC) if seconds else None,
        documents=str(values.get("documents", "")),
        count=int(values.get("count", 0)),
        copied=bool(values.get("copied", 0)),
    )
