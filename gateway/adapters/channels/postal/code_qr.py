"""A QR code on a canvas: where a letter is answered."""

import segno
from reportlab.pdfgen.canvas import Canvas

# Readers want four modules of quiet around it (ISO/IEC 18004 clause 6.3.8).
QUIET = 4


def draw_qr(canvas: Canvas, text: str, left: float, top: float, size: float) -> None:
    """Into the square below and right of (left, top), in points, quiet zone included."""
    rows = segno.make(text, error="m", micro=False).matrix
    module = size / (len(rows) + 2 * QUIET)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                x, y = left + (QUIET + across) * module, top - (QUIET + down + 1) * module
                canvas.rect(x, y, module, module, stroke=0, fill=1)
