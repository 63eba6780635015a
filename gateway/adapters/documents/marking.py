"""Content operators of the mark: the line along the seen left edge, the caption of a lost signature.

Bytes only: no document is touched here. Names begin with the prefix that the caller found free, and
end in F (font), V (veil) and O (opaque).
"""

from reportlab.pdfbase.pdfmetrics import stringWidth

from gateway.adapters.documents.page_geometry import Box, Matrix, View

# A standard font needs no embedding and is known to every reader (ISO 32000-1, 9.6.2.2).
FONT = "Helvetica"
SIZE = 6.0  # Points; smaller only where the page is shorter than the line.
BAND = 14.0  # Points of the words across a test's pages, where they fit.
INSET = 5.0  # Points from the seen edge to the line's strip.
CAPTION = "Firma en el original / Signature in the original"


def side_line(view: View, text: str, prefix: str) -> bytes:
    """One line that reads upwards, centred along the left edge as seen, whatever the page's size."""
    width = stringWidth(_printable(text), FONT, SIZE)
    scale = min(1.0, view.height * 0.94 / width, view.width * 0.5 / (SIZE + INSET))
    size, length, inset = SIZE * scale, width * scale, INSET * scale
    bottom = (view.height - length) / 2
    strip = _numbers(inset, bottom - size / 3, size * 1.3, length + size * 2 / 3)
    upwards = _numbers(0, 1, -1, 0, inset + size, bottom)
    return (
        f"/Artifact BMC q {_numbers(*view.matrix)} cm {prefix}V gs 1 g {strip} re f {prefix}O gs 0.15 g\n"
        f"BT {prefix}F {_numbers(size)} Tf {upwards} Tm {_show(text)} ET\n"
        "Q EMC\n"
    ).encode("ascii")


def top_band(view: View, text: str, prefix: str) -> bytes:
    """A dark band with white words across the seen top, as wide as the page: it is meant to be in the way."""
    width = stringWidth(_printable(text), FONT, BAND)
    size = min(BAND * view.width * 0.9 / width, view.height * 0.1)
    left = (view.width - width * size / BAND) / 2
    strip = _numbers(0, view.height - size * 1.6, view.width, size * 1.6)
    place = _numbers(1, 0, 0, 1, left, view.height - size * 1.15)
    return (
        f"/Artifact BMC q {_numbers(*view.matrix)} cm {prefix}O gs 0.6 0 0 rg {strip} re f 1 g\n"
        f"BT {prefix}F {_numbers(size)} Tf {place} Tm {_show(text)} ET\n"
        "Q EMC\n"
    ).encode("ascii")


def caption(form: str, matrix: Matrix, box: Box, prefix: str) -> bytes:
    """The form as it lay on the page, and over its foot the words that the signature is elsewhere."""
    size = min(SIZE, box.height / 2, SIZE * box.width / stringWidth(CAPTION, FONT, SIZE))
    strip = _numbers(box.x0, box.y0, box.width, size * 1.3)
    return (
        f"q {_numbers(*matrix)} cm {form} Do Q\n"
        f"q {prefix}V gs 1 g {strip} re f {prefix}O gs 0.6 0 0 rg\n"
        f"BT {prefix}F {_numbers(size)} Tf {_numbers(box.x0, box.y0 + size * 0.3)} Td {_show(CAPTION)} ET Q\n"
    ).encode("ascii")


def _printable(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")


def _show(text: str) -> str:
    return f"<{text.encode('cp1252', 'replace').hex()}> Tj"


def _numbers(*values: float) -> str:
    """Decimal notation, for PDF knows no exponents."""
    return " ".join(f"{value:.9f}".rstrip("0").rstrip(".") for value in values)
