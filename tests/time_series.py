"""Reads signature time series of ISO/IEC 19794-7:2007, full format, any channels: strict, and not ours.

It follows the ASN.1 of the standard's annex B: every octet is accounted for, and reserved ones are zero.
"""

import struct
from dataclasses import dataclass, field

NAMES = ("X", "Y", "Z", "VX", "VY", "AX", "AY", "T", "DT", "F", "S", "TX", "TY", "AZ", "EL", "R")
SIGNED = frozenset({"X", "Y", "VX", "VY", "AX", "AY", "TX", "TY"})
ATTRIBUTES = ("scaling", "least", "greatest", "mean", "deviation")


@dataclass
class TimeSeries:
    """Channels by name with their attributes, points as integers by channel, and the extended data."""

    channels: dict[str, dict[str, float]] = field(default_factory=dict)
    points: list[dict[str, int]] = field(default_factory=list)
    extension: bytes = b""

    def physical(self, channel: str) -> list[float]:
        """In the channel's unit."""
        scale = self.channels[channel].get("scaling", 1.0)
        return [point[channel] / scale for point in self.points]


class _Octets:
    def __init__(self, octets: bytes) -> None:
        self.left = octets

    def take(self, count: int) -> bytes:
        assert len(self.left) >= count, "the record ends too early"
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")


def read(octets: bytes) -> TimeSeries:
    """Raises AssertionError for anything that the format does not allow."""
    source, found = _Octets(octets), TimeSeries()
    assert source.take(8) == b"SDI\0 10\0"
    included = source.number(2)
    assert included >= 0xC000, "X and Y are mandatory"
    for place, name in enumerate(NAMES):
        if included >> (15 - place) & 1:
            found.channels[name] = _described(source, name)
    assert source.take(1) == b"\0"
    extended = source.number(1)
    assert extended in (0, 0x80)
    found.points = [_point(source, found) for _ in range(source.number(3))]
    if extended:
        found.extension = source.take(source.number(2))
    assert source.left == b""
    return found


def _described(source: _Octets, name: str) -> dict[str, float]:
    preamble = source.number(1)
    assert preamble & 0b111 == 0, "constant, linear component and reserved are not used"
    described: dict[str, float] = {}
    for place, attribute in enumerate(ATTRIBUTES):
        if preamble >> (7 - place) & 1:
            (value,) = struct.unpack(">H", source.take(2))
            if attribute == "scaling":
                described[attribute] = (1 + (value & 0x7FF) / 2048) * 2.0 ** ((value >> 11) - 16)
            else:
                described[attribute] = value - (32768 if name in SIGNED and attribute != "deviation" else 0)
    return described


def _point(source: _Octets, found: TimeSeries) -> dict[str, int]:
    point = {}
    for name in found.channels:
        value = source.number(1 if name == "S" else 2)
        point[name] = value - 32768 if name in SIGNED else value
    return point
