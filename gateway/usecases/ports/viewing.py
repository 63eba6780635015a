"""Pages as pictures, what was shown of them, and answers to forms: what use cases ask of others."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from gateway.domain.forms import FormAnswers
from gateway.domain.viewing import ShownPage


class Picture(Enum):
    """How a page is drawn; the value is its media type."""

    WEBP = "image/webp"
    PNG = "image/png"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of one file: the file by its owner and digest, the page from 0, so many pixels wide."""

    owner: str
    sha256: bytes
    page: int
    width: int
    picture: Picture = Picture.WEBP


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """`pages` is how many the file has. The text is the file's own and may be empty, as of a scan."""

    pages: int
    width: int
    height: int
    text: str
    octets: bytes


class PageDrawer(Protocol):
    def draw(self, sheet: Sheet, octets: Callable[[], bytes]) -> DrawnPage:
        """The page; `octets` gives the file and is asked only where the page is not remembered.

        Raises GatewayError: PAGE_NOT_DRAWN for what is not there or cannot be drawn within the limits,
        TEMPORARILY_UNAVAILABLE while too many are being drawn.
        """


class ShownPages(Protocol):
    def of(self, guid: str, position: int, link_version: int) -> Sequence[ShownPage]:
        """By document and page."""

    def put(self, pages: Iterable[ShownPage]) -> None:
        """Keep them, in the place of what was kept of the same pages."""


class AnswerRows(Protocol):
    def of(self, guid: str, position: int) -> FormAnswers | None: ...
    def put(self, answers: FormAnswers) -> None:
        """Keep them, in the place of the recipient's earlier ones."""
