"""Drawings on the pad: what is a signature, what the form may bring, the ISO record, and the drawn shape."""

import json
from dataclasses import replace
from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.biometrics.iso19794_7 import SignatureTimeSeries, scaling_value
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.signature_sheet import PACE, lines_of
from gateway.domain.strokes import (
    FULL_PRESSURE,
    LONGEST_TIME,
    MOST_POINTS,
    PIXELS_PER_MILLIMETRE,
    Drawing,
    Point,
    Pointer,
    checked,
)
from gateway.entrypoints.web.portal.pad import read_drawing
from gateway.usecases.sandbox.scribble import scribble
from tests.time_series import read

FORMAT = SignatureTimeSeries()
ONE = scribble()


def written(**changed: object) -> str:
    """What the page's script writes of the scribble, or something else instead."""
    strokes = [[[p.x, p.y, p.time, p.pressure] for p in stroke] for stroke in ONE.strokes]
    whole = {"width": ONE.width, "height": ONE.height, "pointer": "touch", "strokes": strokes}
    return json.dumps(whole | changed)


def stroke(*points: list[object]) -> list[list[list[object]]]:
    return [list(points)]


def test_what_the_script_writes_is_read() -> None:
    """The form's text and the drawing are the same thing."""
    assert read_drawing(written()) == checked(ONE) == ONE


GOOD = [[n * 50, 500, n * 80, 9] for n in range(30)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ErrorKind.DRAWING_TOO_SHORT),
        (written(strokes=[]), ErrorKind.DRAWING_TOO_SHORT),
        (written(strokes=stroke([5, 5, 0, 1], [5, 5, 9, 0])), ErrorKind.DRAWING_TOO_SHORT),
        # A long press that never moves.
        (written(strokes=[[[5, 5, n * 80, 1] for n in range(99)]]), ErrorKind.DRAWING_TOO_SHORT),
        # All at once: no hand did it.
        (written(strokes=[[[n * 50, 5, 0, 1] for n in range(30)]]), ErrorKind.DRAWING_TOO_SHORT),
        ("null", ErrorKind.DRAWING_INVALID),
        ("[]", ErrorKind.DRAWING_INVALID),
        ("{", ErrorKind.DRAWING_INVALID),
        ("[" * 100_000, ErrorKind.DRAWING_INVALID),
        (written(more=1), ErrorKind.DRAWING_INVALID),
        (written(strokes={}), ErrorKind.DRAWING_INVALID),
        (written(strokes=[{}]), ErrorKind.DRAWING_INVALID),
        (written(strokes=[7]), ErrorKind.DRAWING_INVALID),
        (written(strokes=[[]]), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([1, 2, 0])), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([1, 2, 0, 1])), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke(["1", 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([True, 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([1.5, 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([float("nan"), 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([float("inf"), 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([10**40, 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([-1, 2, 0, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([1, 2, 7, 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke([1, 2, 0, FULL_PRESSURE + 1], *GOOD)), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke(*GOOD, [1, 2, 5, 1])), ErrorKind.DRAWING_INVALID),
        (written(strokes=stroke(*GOOD, [1, 2, LONGEST_TIME + 1, 1])), ErrorKind.DRAWING_INVALID),
        (written(strokes=[GOOD[:1] * (MOST_POINTS + 1)]), ErrorKind.DRAWING_INVALID),
        (written(strokes=[GOOD[:2]] * 201), ErrorKind.DRAWING_INVALID),
        (written(width=0), ErrorKind.DRAWING_INVALID),
        (written(height=10**9), ErrorKind.DRAWING_INVALID),
        (written(pointer="foot"), ErrorKind.DRAWING_INVALID),
        (written(pointer=["pen"]), ErrorKind.DRAWING_INVALID),
    ],
)
def test_what_is_no_signature_is_refused(text: str, kind: ErrorKind) -> None:
    """Nothing, a dot, and whatever no pad's script would ever write."""
    with pytest.raises(GatewayError) as caught:
        checked(read_drawing(text))
    assert caught.value.kind is kind


def test_the_record_is_what_the_standard_says() -> None:
    """Another reader, made from the standard's own ASN.1, finds every point, unit and limit again."""
    found = read(FORMAT.encode(ONE, b"what it is for"))
    assert list(found.channels) == ["X", "Y", "T", "F", "S"]
    points = list(ONE.all_points())
    assert [(p["X"], p["Y"], p["F"], p["S"]) for p in found.points] == [
        (point.x, point.y, point.pressure, down) for point, down in points
    ]
    millimetres = [point.x / 10 / PIXELS_PER_MILLIMETRE for point, _ in points]
    assert found.physical("X") == pytest.approx(millimetres, rel=5e-4)
    seconds = [point.time / 10_000 for point, _ in points]
    assert found.physical("T") == pytest.approx(seconds, rel=5e-4)
    assert (found.channels["X"]["least"], found.channels["X"]["greatest"]) == (0, ONE.width)
    assert found.channels["Y"]["greatest"] == ONE.height
    assert found.channels["F"] == {"least": 0, "greatest": FULL_PRESSURE}
    assert found.extension == b"what it is for"


def test_a_long_signature_keeps_milliseconds() -> None:
    """Tenths of a millisecond do not fit beyond 6.5 seconds: the channel says in which unit it is."""
    slow = tuple(replace(point, time=point.time * 60) for point in ONE.strokes[0])
    found = read(FORMAT.encode(replace(ONE, strokes=(slow,)), b""))
    assert found.physical("T")[-1] == pytest.approx(slow[-1].time / 10_000, rel=5e-4)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 3000), st.integers(0, 2000), st.integers(0, 300), st.integers(0, 65_535)
            ),
            min_size=2,
            max_size=6,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_point_is_lost(strokes: list[list[tuple[int, int, int, int]]]) -> None:
    """Whatever was drawn comes back point by point, each stroke's end with the pen up."""
    time, drawn = 0, []
    for each in strokes:
        points = []
        for x, y, later, pressure in each:
            time += later
            points.append(Point(x, y, time, pressure))
        drawn.append(tuple(points))
    drawing = Drawing(3000, 2000, Pointer.PEN, tuple(drawn))
    found = read(FORMAT.encode(drawing, b"x"))
    flat = [(point.x, point.y, point.time, point.pressure) for line in drawn for point in line]
    assert [(p["X"], p["Y"], p["T"], p["F"]) for p in found.points] == flat
    assert sum(point["S"] == 0 for point in found.points) == len(drawn)


@pytest.mark.parametrize("units", [0.02, 1, 37.795, 1000, 10_000, 1.9999, 65_000])
def test_a_scaling_value_is_close(units: float) -> None:
    """Five bits of exponent and eleven of fraction: under five hundredths of a percent off."""
    value = scaling_value(units)
    assert (1 + (value & 0x7FF) / 2048) * 2.0 ** ((value >> 11) - 16) == pytest.approx(units, rel=5e-4)


def test_the_drawn_line_tells_no_speed() -> None:
    """Slow and fast strokes along one path are drawn by the same points, all as far apart."""
    path = [(n * 37, 500) for n in range(40)]
    slow = tuple(Point(x, y, n * 900, 1) for n, (x, y) in enumerate(path))
    fast = tuple(Point(x, y, n * 7, 60_000) for n, (x, y) in enumerate(path[::3]))
    [one], [other] = (lines_of(Drawing(4000, 2000, Pointer.PEN, (each,))) for each in (slow, fast))
    assert [x for x, _ in one] == pytest.approx([x for x, _ in other])
    steps = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(one)]
    assert steps[:-1] == pytest.approx([PACE] * (len(steps) - 1))
