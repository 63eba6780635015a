"""Draws an issuer's logo anew: whatever a picture file brings along besides its pixels is left behind.

PNG, JPEG and WebP only: SVG is a program. Pixels are counted before any is decoded.
"""

import hashlib
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.brands import Logo

FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_FILE = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
# Twice what the pages show, for fine screens; a first page has to stay under 100 KB with it.
BOX = (480, 160)
LARGEST_LOGO = 30 * 1024
COLOURS = (256, 128, 64, 32)


def draw_logo(octets: bytes) -> Logo:
    """Raises GatewayError(LOGO_REFUSED): another format, too large, broken."""
    if len(octets) > LARGEST_FILE:
        raise GatewayError(ErrorKind.LOGO_REFUSED, f"more than {LARGEST_FILE // 1024} KiB")
    picture = _opened(octets)
    png = _png(picture)
    return Logo(png, hashlib.sha256(png).hexdigest(), picture.size)


def _opened(octets: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(octets), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise GatewayError(ErrorKind.LOGO_REFUSED, "too many pixels")
            picture = found.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise GatewayError(ErrorKind.LOGO_REFUSED, "no PNG, JPEG or WebP picture that can be read") from None
    picture.thumbnail(BOX)
    return picture


def _png(picture: Image.Image) -> bytes:
    """As small as needed: fewer colours before more octets. Metadata and profiles do not survive."""
    bare = Image.new("RGBA", picture.size)
    bare.paste(picture)
    for tried in (bare, *(bare.quantize(colours) for colours in COLOURS)):
        stream = BytesIO()
        tried.save(stream, "PNG", optimize=True)
        if stream.tell() <= LARGEST_LOGO:
            return stream.getvalue()
    raise GatewayError(ErrorKind.LOGO_REFUSED, "too detailed for a page: use a simpler picture")
