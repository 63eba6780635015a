"""Rows of lines flowing down A4 pages: breaks, repeated table headers, rules. It places, and paints nothing.

All measures are points from the page's lower left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from reportlab.lib.pagesizes import A4

from gateway.adapters.documents.certificate_text import Line, Style

LEFT, RIGHT = 57.0, A4[0] - 45.0
TOP, BOTTOM = A4[1] - 48.0, 64.0
WIDTH = RIGHT - LEFT
# A row that is no higher than this stays whole; a higher one is broken, unless little room is left.
KEPT_WHOLE = 250.0
LITTLE = 60.0
HAIR, THICK = 0.4, 1.2


class Cell(NamedTuple):
    """Lines below one another from `x` on."""

    x: float
    lines: Sequence[Line]

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines)


class Rule(NamedTuple):
    x0: float
    y0: float
    x1: float
    y1: float
    weight: float


class Box(NamedTuple):
    """A black rectangle by its lower left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Page:
    """What stands on one page: lines by their base line's start, rules, and black boxes."""

    lines: list[tuple[float, float, Line]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class Flow:
    """`header` is repeated at the top of every page while it is set."""

    pages: list[Page] = field(default_factory=lambda: [Page()])
    y: float = TOP
    header: tuple[Cell, ...] = ()

    def row(self, *cells: Cell, gap: float = 0.0) -> None:
        """Cells side by side, then `gap`; breaks the page before it or, when it is very high, within it."""
        rest = cells
        while any(cell.lines for cell in rest):
            height, room = max(cell.height for cell in rest), self.y - BOTTOM
            if height > room and (height <= KEPT_WHOLE or room < LITTLE):
                self.break_page()
                continue
            parts = [_split(cell, room) for cell in rest]
            self._place([now for now, _ in parts])
            rest = tuple(later for _, later in parts)
        self.y -= gap

    def rule(self, weight: float = HAIR, gap: float = 4.0) -> None:
        self.pages[-1].rules.append(Rule(LEFT, self.y, RIGHT, self.y, weight))
        self.y -= gap

    def heading(self, text: str, aside: str, follow: float = 48.0) -> None:
        """A section's title, which never stands alone: `follow` is the room that it must have below."""
        line = Line(text, Style(11, bold=True), aside)
        if self.y - 12 - line.height - follow < BOTTOM:
            self.break_page()
        else:
            self.y -= 12
        self.row(Cell(LEFT, [line]), gap=1)
        self.rule(gap=4)

    def table(self, *header: Cell) -> None:
        """Begin a table, whose header comes again on every page until `end_table`."""
        self.header = header
        self._head()

    def end_table(self) -> None:
        self.header = ()

    def frame(self, top: float, padding: float, right: float = RIGHT) -> None:
        """Frame everything since `top`."""
        bottom = self.y - padding
        corners = (LEFT, top), (right, top), (right, bottom), (LEFT, bottom), (LEFT, top)
        for start, end in pairwise(corners):
            self.pages[-1].rules.append(Rule(*start, *end, THICK))
        self.y = bottom

    def break_page(self) -> None:
        self.pages.append(Page())
        self.y = TOP
        self._head()

    def _head(self) -> None:
        if self.header:
            self._place(self.header)
            self.y -= 2
            self.rule(THICK)

    def _place(self, cells: Sequence[Cell]) -> None:
        page = self.pages[-1]
        for cell in cells:
            y = self.y
            for line in cell.lines:
                page.lines.append((cell.x, y - line.style.size, line))
                y -= line.height
        self.y -= max(cell.height for cell in cells)


def _split(cell: Cell, room: float) -> tuple[Cell, Cell]:
    """What fits in the room, and the rest."""
    used = 0.0
    for count, line in enumerate(cell.lines):
        used += line.height
        if used > room:
            return Cell(cell.x, cell.lines[:count]), Cell(cell.x, cell.lines[count:])
    return cell, Cell(cell.x, ())
