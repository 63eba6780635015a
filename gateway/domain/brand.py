"""What an issuer's pages and notices look like: sender name, logo and one colour, from which all follow.

Contrast is WCAG 2.1's (relative luminance, 1.4.3 and 1.4.11): text on the colour is white or black,
whichever is seen better; the colour as text, and on dark pages, is mixed until it is seen well enough.
"""

import re
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError

COLOUR = re.compile(r"#[0-9a-f]{6}")
# Pure black: with it, each colour has a text of 4.5:1 at least.
WHITE, INK = "#ffffff", "#000000"
# What the pages put the colour on: paper and ground, in light and in dark.
LIGHT = ("#ffffff", "#f1f4f8")
DARK = ("#18222d", "#0f161e")
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0
LONGEST_SENDER_NAME = 60
_STEP = 0.04


@dataclass(frozen=True, slots=True)
class Look:
    """What an issuer chose; "" for what it left to us. `logo_sha256` names the PNG in hexadecimal."""

    sender_name: str = ""
    colour: str = ""
    logo_sha256: str = ""
    logo_size: tuple[int, int] = (0, 0)


# Of whoever chose nothing.
OURS = Look()


@dataclass(frozen=True, slots=True)
class Shades:
    """The colour of controls, the text on it, the same when pressed, and the colour as text on the page."""

    brand: str
    on_brand: str
    pressed: str
    text: str


def checked_colour(colour: str) -> str:
    """The colour as `#rrggbb`. Raises GatewayError(COLOUR_REFUSED) unless a button of it is seen on white."""
    named = colour.strip().lower()
    if not COLOUR.fullmatch(named):
        raise GatewayError(ErrorKind.COLOUR_REFUSED, "it is written #rrggbb")
    found = min(contrast(named, ground) for ground in LIGHT)
    if found < SHAPE_CONTRAST:
        raise GatewayError(ErrorKind.COLOUR_REFUSED, f"its contrast on white is {found:.1f}:1, not 3:1")
    return named


def light(colour: str) -> Shades:
    """On white pages."""
    return _shades(colour, LIGHT, INK)


def dark(colour: str) -> Shades:
    """On dark pages: as much lighter as is needed to be read there."""
    return _shades(_until(colour, DARK, WHITE, TEXT_CONTRAST), DARK, WHITE)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _shades(colour: str, grounds: tuple[str, ...], towards: str) -> Shades:
    on_brand = max((WHITE, INK), key=lambda text: contrast(text, colour))
    # Away from the text on it, so that pressing a button never makes it harder to read.
    pressed = mixed(colour, INK if on_brand == WHITE else WHITE, 0.2)
    return Shades(colour, on_brand, pressed, _until(colour, grounds, towards, TEXT_CONTRAST))


def _until(colour: str, grounds: tuple[str, ...], towards: str, enough: float) -> str:
    part, found = 0.0, colour
    while min(contrast(found, ground) for ground in grounds) < enough and part < 1:
        part += _STEP
        found = mixed(colour, towards, part)
    return found


def mixed(colour: str, other: str, part: float) -> str:
    """The colour with so much (0 to 1) of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * min(part, 1)):02x}" for mine, theirs in pairs)


def _luminance(colour: str) -> float:
    shares = (channel / 255 for channel in _channels(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
