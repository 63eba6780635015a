"""Lines of the printed certificate: how a text is shown in its typeface, and where lines break.

Every text is shown as it is, never read as markup; what the typeface lacks is spelt out as [U+nnnn].
"""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from gateway.adapters.documents.certificate_fonts import Face, face

LEADING = 1.3  # Of the size.
BLANKS = str.maketrans("\t\n\r", "   ")


class Style(NamedTuple):
    """`size` in points, `gray` from 0 (black) to 1."""

    size: float
    bold: bool = False
    gray: float = 0.0


class Line(NamedTuple):
    """One printed line. `aside` follows the text, smaller and in grey: the other language."""

    text: str
    style: Style
    aside: str = ""

    @property
    def height(self) -> float:
        return self.style.size * LEADING


def printable(text: str) -> str:
    """The text in one line, composed, with [U+nnnn] for what cannot be shown, controls among it."""
    text = unicodedata.normalize("NFC", text.translate(BLANKS))
    known = face(False).widths
    if known.keys() >= set(map(ord, text)):
        return text
    return "".join(c if ord(c) in known else f"[U+{ord(c):04X}]" for c in text)


def wrapped(text: str, style: Style, width: float) -> list[Line]:
    """The text in lines of at most `width` points, broken at spaces, and inside words that are longer."""
    typeface, lines, current, used = face(style.bold), [], "", 0.0
    space = typeface.width(" ", style.size)
    for word, long in _pieces(printable(text), typeface, style.size, width):
        if current and used + space + long > width:
            lines.append(Line(current, style))
            current = ""
        current, used = (f"{current} {word}", used + space + long) if current else (word, long)
    return [*lines, Line(current, style)] if current else lines


def _pieces(text: str, typeface: Face, size: float, width: float) -> Iterator[tuple[str, float]]:
    """Words with their widths, the too long ones cut."""
    for word in text.split():
        long = typeface.width(word, size)
        if long <= width:
            yield word, long
        else:
            yield from _cut(word, typeface, size, width)


def _cut(word: str, typeface: Face, size: float, width: float) -> Iterator[tuple[str, float]]:
    start, used = 0, 0.0
    for at, character in enumerate(word):
        step = typeface.widths[ord(character)] * size / 1000
        if used + step > width and at > start:
            yield word[start:at], used
            start, used = at, 0.0
        used += step
    yield word[start:], used
