"""The demonstration of a signature by hand: synthetic strokes, sent through the pad's real form."""

from __future__ import annotations

import json
from math import cos, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.demo_service import Turn

# As the page's script writes them: tenths of a pixel and of a millisecond, 65535ths of the full pressure.
WIDTH, HEIGHT, POINTS, EVERY = 6000, 2400, 150, 80


def drawing() -> str:
    """A looped line in a little over a second, pressed harder in its middle, and a flourish below it."""
    name = [
        _point(0.12 + 0.7 * n / POINTS, 0.45 + 0.25 * cos(12 * pi * n / POINTS), n) for n in range(POINTS)
    ]
    flourish = [
        _point(0.2 + 0.6 * n / 40, 0.85 - 0.05 * sin(pi * n / 40), POINTS + 20 + n) for n in range(41)
    ]
    return json.dumps({"width": WIDTH, "height": HEIGHT, "pointer": "pen", "strokes": [name, flourish]})


def by_hand(turn: Turn) -> None:
    """BIOMETRIC: the stroke is locked for the depositary as it arrives, its drawing goes into the PDF."""
    turn.portal.begin().draw(drawing())


def _point(x: float, y: float, moment: int) -> list[int]:
    pressure = round(20_000 + 30_000 * sin(pi * (moment % POINTS) / POINTS))
    return [round(x * WIDTH), round(y * HEIGHT), moment * EVERY, pressure]
