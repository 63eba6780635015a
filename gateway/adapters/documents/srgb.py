"""An ICC profile of the sRGB colour space (IEC 61966-2-1), built here, so that no file of anybody is copied.

Version 4.2 of the format (ICC.1:2004-10), which PDF 1.7 and PDF/A-3 know; the octets never change.
"""

import struct
from functools import cache

# D50, the profile connection space's white; and sRGB's primaries adapted to it by Bradford's method.
WHITE = (0.9642, 1.0, 0.8249)
PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
# How D65 became D50 (ICC.1:2004-10 clause 9.2.12), row by row.
ADAPTATION = (1.04791, 0.02293, -0.05020, 0.02960, 0.99043, -0.01707, -0.00925, 0.01508, 0.75172)
# Y = (aX + b)^g from d on, cX below: g, a, b, c, d.
CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
MADE = (2026, 1, 1, 0, 0, 0)
HEADER_SIZE = 128


@cache
def profile() -> bytes:
    """The profile, a display device's: three matrix columns and one curve for all channels."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + _fixed(*CURVE)
    tags = {
        b"desc": _text("sRGB IEC61966-2.1"),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(WHITE),
        b"chad": b"sf32" + bytes(4) + _fixed(*ADAPTATION),
        **{name: _xyz(primary) for name, primary in PRIMARIES.items()},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    start = HEADER_SIZE + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    body = b""
    for data in tags.values():
        if data not in places:
            places[data] = start + len(body)
            body += data.ljust(-len(data) % 4 + len(data), b"\0")
    table = b"".join(name + struct.pack(">II", places[data], len(data)) for name, data in tags.items())
    return _header(start + len(body)) + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    fields = struct.pack(">I4sI4s4s4s6H", size, b"", 0x04200000, b"mntr", b"RGB ", b"XYZ ", *MADE)
    return (fields + b"acsp" + bytes(28) + _fixed(*WHITE)).ljust(HEADER_SIZE, b"\0")


def _text(text: str) -> bytes:
    """multiLocalizedUnicodeType with one record."""
    record = struct.pack(">II4sII", 1, 12, b"enUS", 2 * len(text), 28)
    return b"mluc" + bytes(4) + record + text.encode("utf-16-be")


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _fixed(*values: float) -> bytes:
    """s15Fixed16Numbers."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
