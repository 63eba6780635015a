"""What the sheet with a drawn signature says, and the lines to draw: the shape alone, without its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import hypot

from gateway.domain.strokes import PER_PIXEL, Drawing, Point

# Points of a drawn line stand this far apart, in tenths of a pixel: how fast it was drawn cannot be seen.
PACE = 2 * PER_PIXEL
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SignatureSheet:
    """One recipient's signature under one document. Lines run within `width` by `height`, from the upper
    left corner; `stamped_sha256` is the digest of the copy that the sheet is added to."""

    guid: str
    document_name: str
    stamped_sha256: bytes
    signer: str
    at: datetime
    language: str
    width: float
    height: float
    lines: tuple[tuple[Place, ...], ...]
    test: bool = False


def lines_of(drawing: Drawing) -> tuple[tuple[Place, ...], ...]:
    return tuple(tuple(_evenly(stroke)) for stroke in drawing.strokes)


def _evenly(stroke: Sequence[Point]) -> Iterator[Place]:
    """The stroke's path again, with points at even distances: neither time nor pressure survives."""
    yield stroke[0].x, stroke[0].y
    left = float(PACE)
    for a, b in pairwise(stroke):
        length = hypot(b.x - a.x, b.y - a.y)
        walked = left
        while walked <= length:
            part = walked / length
            yield a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part
            walked += PACE
        left = walked - length
    yield stroke[-1].x, stroke[-1].y
