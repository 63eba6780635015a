"""Which pages of which documents a recipient was shown, and when each was for the first time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.record import DocumentRecord


class Manner(Enum):
    """How a page was given out. UNDRAWN could not be, and counts once the whole document is downloaded."""

    IMAGE = "IMAGE"
    TEXT = "TEXT"
    DOWNLOAD = "DOWNLOAD"
    UNDRAWN = "UNDRAWN"


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One page of a document (both from 0), the first time that it was given out to a recipient.

    `link_version` is that of the link by which they came: who comes by a corrected one begins anew.
    """

    guid: str
    position: int
    link_version: int
    document: int
    page: int
    manner: Manner
    at: datetime

    @property
    def seen(self) -> bool:
        return self.manner is not Manner.UNDRAWN


@dataclass(frozen=True, slots=True)
class Unseen:
    """The pages of one document that were not shown yet, from 0, in order."""

    document: DocumentRecord
    pages: tuple[int, ...]


def pages_of(document: DocumentRecord) -> int:
    """How many pages there are to see: what is no PDF has its cover sheet."""
    return document.pages or 1


def unseen(documents: Iterable[DocumentRecord], shown: Sequence[ShownPage]) -> tuple[Unseen, ...]:
    """What of these documents was not shown yet; documents without such pages are left out."""
    seen = {(each.document, each.page) for each in shown if each.seen}
    left = (
        Unseen(document, tuple(n for n in range(pages_of(document)) if (document.position, n) not in seen))
        for document in documents
    )
    return tuple(each for each in left if each.pages)


def in_words(documents: Iterable[DocumentRecord], shown: Sequence[ShownPage]) -> str:
    """For evidence: `1: 1-3 of 3; 2: 2 of 5`, documents and pages from 1; only what was shown."""
    parts = []
    for document in documents:
        pages = sorted(each.page + 1 for each in shown if each.seen and each.document == document.position)
        if pages:
            parts.append(f"{document.position + 1}: {ranges(pages)} of {pages_of(document)}")
    return "; ".join(parts)


def ranges(numbers: Sequence[int]) -> str:
    """`1-3, 7` of ascending numbers."""
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in _runs(numbers))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
