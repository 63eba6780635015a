"""A signature drawn on a pad: the points as the device gave them, and whether they are one at all.

Whole numbers only, in units that keep what devices measure. It knows no file format and no picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import hypot

from gateway.domain.errors import ErrorKind, GatewayError

# Tenths of a CSS pixel (1/96 inch by definition), of a millisecond, and 1/65535 of the full pressure.
PER_PIXEL, PER_MILLISECOND, FULL_PRESSURE = 10, 10, 65_535
PIXELS_PER_MILLIMETRE = 96 / 25.4

PAD_SIDES = range(100 * PER_PIXEL, 3_200 * PER_PIXEL + 1)
MOST_STROKES, MOST_POINTS = 200, 20_000
LEAST_POINTS, LEAST_LENGTH = 10, 60 * PER_PIXEL
LEAST_TIME, LONGEST_TIME = 100 * PER_MILLISECOND, 65_000 * PER_MILLISECOND


class Pointer(Enum):
    """What drew, by the words of Pointer Events. Only pens, and some touch screens, measure pressure."""

    PEN = "pen"
    TOUCH = "touch"
    MOUSE = "mouse"


@dataclass(frozen=True, slots=True)
class Point:
    """Place from the pad's upper left corner, time from the first point, and pressure."""

    x: int
    y: int
    time: int
    pressure: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole signature. The last point of each stroke is where it was lifted. Never logged nor kept."""

    width: int
    height: int
    pointer: Pointer
    strokes: tuple[tuple[Point, ...], ...]

    @property
    def points(self) -> int:
        return sum(map(len, self.strokes))

    @property
    def duration_ms(self) -> int:
        return self.strokes[-1][-1].time // PER_MILLISECOND

    @property
    def length(self) -> float:
        """Of all strokes, in tenths of a pixel."""
        pairs = (pair for stroke in self.strokes for pair in pairwise(stroke))
        return sum(hypot(b.x - a.x, b.y - a.y) for a, b in pairs)

    @property
    def pressure_measured(self) -> bool:
        """Whether the pressure ever changed while the pen was down: most screens give a constant."""
        return len({point.pressure for stroke in self.strokes for point in stroke[:-1]}) > 1

    def all_points(self) -> Iterator[tuple[Point, bool]]:
        """Each with whether the pen was down."""
        for stroke in self.strokes:
            yield from ((point, True) for point in stroke[:-1])
            yield stroke[-1], False


def checked(drawing: Drawing) -> Drawing:
    """The drawing itself. Raises GatewayError: DRAWING_INVALID for what no pad gives, DRAWING_TOO_SHORT for
    what is no signature (nothing, a dot, a flick)."""
    if drawing.width not in PAD_SIDES or drawing.height not in PAD_SIDES:
        raise _invalid("the pad's size")
    if len(drawing.strokes) > MOST_STROKES or drawing.points > MOST_POINTS:
        raise _invalid("more points than a signature has")
    for stroke in drawing.strokes:
        if len(stroke) < 2:
            raise _invalid("a stroke begins and ends")
    _check_points([point for stroke in drawing.strokes for point in stroke], drawing)
    if (
        drawing.points < LEAST_POINTS
        or drawing.length < LEAST_LENGTH
        or drawing.strokes[-1][-1].time < LEAST_TIME
    ):
        raise GatewayError(ErrorKind.DRAWING_TOO_SHORT)
    return drawing


def _check_points(points: Sequence[Point], drawing: Drawing) -> None:
    before = 0
    for point in points:
        if not (0 <= point.x <= drawing.width and 0 <= point.y <= drawing.height):
            raise _invalid("a point outside the pad")
        if not 0 <= point.pressure <= FULL_PRESSURE:
            raise _invalid("a pressure beyond the full one")
        if not before <= point.time <= LONGEST_TIME:
            raise _invalid("times go backwards, or on for too long")
        before = point.time
    if points and points[0].time:
        raise _invalid("time begins with the first point")


def _invalid(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.DRAWING_INVALID, detail)
