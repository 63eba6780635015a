"""Signature time series by ISO/IEC 19794-7:2007, full format: channels X, Y, T, F and S.

All numbers are big-endian; signed ones are written from their lower bound (X and Y plus 32768). A scaling
value is (1 + fraction/2048) * 2**(exponent - 16), five bits and eleven: an integer divided by it is in
millimetres (X, Y) or seconds (T). F has no unit: its least and greatest values are given. Extended data
bind the sample to what it was given for. It reads nothing: the depositary does.
"""

import struct
from dataclasses import dataclass
from math import floor, frexp

from gateway.domain.strokes import (
    FULL_PRESSURE,
    PER_MILLISECOND,
    PER_PIXEL,
    PIXELS_PER_MILLIMETRE,
    Drawing,
)

MEDIA_TYPE = "application/vnd.iso.19794-7"
FORMAT_IDENTIFIER, VERSION_NUMBER = b"SDI\0", b" 10\0"
# Channel inclusion field, from X as the most significant bit to R.
X, Y, T, F, S = (1 << bit for bit in (15, 14, 8, 6, 5))
# Channel description preamble: what attributes follow.
SCALING, LEAST, GREATEST = 0x80, 0x40, 0x20
# The body's first octet: its most significant bit says that extended data follow the points.
EXTENDED = 0x80
SIGNED_FROM, LARGEST = 1 << 15, (1 << 16) - 1
LONGEST_EXTENSION = LARGEST


@dataclass(frozen=True, slots=True)
class SignatureTimeSeries:
    """The port `SampleFormat`."""

    media_type: str = MEDIA_TYPE
    name: str = "ISO/IEC 19794-7:2007, full format"

    def encode(self, drawing: Drawing, extension: bytes) -> bytes:
        """The record, with `extension` (up to 65,535 octets) as its extended data."""
        if len(extension) > LONGEST_EXTENSION:
            raise ValueError("extended data are up to 65,535 octets")
        step = _time_step(drawing)
        return b"".join(
            (
                FORMAT_IDENTIFIER,
                VERSION_NUMBER,
                _channels(drawing, step),
                b"\0",
                bytes([EXTENDED]),
                drawing.points.to_bytes(3, "big"),
                _points(drawing, step),
                struct.pack(">H", len(extension)),
                extension,
            )
        )


def _time_step(drawing: Drawing) -> int:
    """How many of our units one unit of T is: tenths of a millisecond while they fit, milliseconds else."""
    return 1 if drawing.strokes[-1][-1].time <= LARGEST else PER_MILLISECOND


def _channels(drawing: Drawing, step: int) -> bytes:
    place = scaling_value(PER_PIXEL * PIXELS_PER_MILLIMETRE)
    wide, high = (SIGNED_FROM + side for side in (drawing.width, drawing.height))
    bounded = SCALING | LEAST | GREATEST
    return b"".join(
        (
            struct.pack(">H", X | Y | T | F | S),
            struct.pack(">BHHH", bounded, place, SIGNED_FROM, wide),
            struct.pack(">BHHH", bounded, place, SIGNED_FROM, high),
            struct.pack(">BH", SCALING, scaling_value(1000 * PER_MILLISECOND / step)),
            struct.pack(">BHH", LEAST | GREATEST, 0, FULL_PRESSURE),
            struct.pack(">B", 0),
        )
    )


def _points(drawing: Drawing, step: int) -> bytes:
    return b"".join(
        struct.pack(
            ">HHHHB", SIGNED_FROM + point.x, SIGNED_FROM + point.y, point.time // step, point.pressure, down
        )
        for point, down in drawing.all_points()
    )


def scaling_value(units: float) -> int:
    """Integers of a channel for one physical unit, to eleven bits of fraction (under 0.05 % off)."""
    mantissa, exponent = frexp(units)
    fraction = floor((mantissa * 2 - 1) * 2048 + 0.5)
    carried, fraction = divmod(fraction, 2048)
    return (exponent - 1 + carried + 16) << 11 | fraction
