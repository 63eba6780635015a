"""From a text to what the parts of an SMS bear: alphabet, splitting, and the header that joins them again.

A letter is never torn apart: neither an escaped septet pair nor a surrogate pair.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.adapters.channels.gsm7 import septets

GSM7, UCS2 = 0, 8
# Of one message alone, in octets as SMPP bears them: a septet takes one, a letter of UCS-2 two.
ALONE = {GSM7: 160, UCS2: 140}
# 3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8: what the joining header leaves of each part.
JOINED = {(GSM7, 8): 153, (GSM7, 16): 152, (UCS2, 8): 134, (UCS2, 16): 132}
MOST_PARTS = 255


class TooLong(ValueError):
    """More than 255 parts."""


@dataclass(frozen=True, slots=True)
class Coded:
    """The parts' octets in order, with their joining headers if `headed`."""

    data_coding: int
    parts: tuple[bytes, ...]
    headed: bool = False


def coded(text: str, reference: int, bits: int) -> Coded:
    """GSM 7-bit when every letter fits it, else UCS-2. `reference` joins the parts, in 8 or 16 `bits`; 0 bits
    leave it in one piece, whatever its length. Raises TooLong."""
    letters = septets(text)
    data_coding = UCS2 if letters is None else GSM7
    units = letters if letters is not None else [each.encode("utf-16-be") for each in text]
    if bits == 0 or sum(map(len, units)) <= ALONE[data_coding]:
        return Coded(data_coding, (b"".join(units),))
    pieces = list(_pieces(units, JOINED[data_coding, bits]))
    if len(pieces) > MOST_PARTS:
        raise TooLong(f"{len(pieces)} parts")
    headed = (_header(reference, bits, len(pieces), n) + piece for n, piece in enumerate(pieces, 1))
    return Coded(data_coding, tuple(headed), headed=True)


def _pieces(units: Sequence[bytes], room: int) -> Iterator[bytes]:
    piece = b""
    for unit in units:
        if len(piece) + len(unit) > room:
            yield piece
            piece = b""
        piece += unit
    yield piece


def _header(reference: int, bits: int, total: int, number: int) -> bytes:
    if bits == 8:
        return bytes([5, 0, 3, reference & 0xFF, total, number])
    return bytes([6, 8, 4, *(reference & 0xFFFF).to_bytes(2), total, number])
