"""The signature of a recipient who acts by themself: always the same line, and nobody's."""

from math import cos, pi, sin

from gateway.domain.strokes import PER_MILLISECOND, PER_PIXEL, Drawing, Point, Pointer
from gateway.usecases.commands import Session
from gateway.usecases.sign_on_pad import SignOnPad

POINTS, EVERY, PRESSURE = 120, 8 * PER_MILLISECOND, 32_768
WIDTH, HEIGHT = 600 * PER_PIXEL, 240 * PER_PIXEL


def scribble() -> Drawing:
    """Loops from left to right in about a second."""
    stroke = tuple(
        Point(
            round(WIDTH * (0.15 + 0.7 * n / POINTS) + 40 * PER_PIXEL * sin(10 * pi * n / POINTS)),
            round(HEIGHT * (0.5 + 0.3 * cos(10 * pi * n / POINTS))),
            n * EVERY,
            PRESSURE,
        )
        for n in range(POINTS)
    )
    return Drawing(WIDTH, HEIGHT, Pointer.TOUCH, (stroke,))


def scribble_on(pad: SignOnPad, session: Session) -> str:
    """Sign as a person would, for what the pad shows at this moment."""
    return pad(session, scribble(), pad.bound(session).sha256.hex())
