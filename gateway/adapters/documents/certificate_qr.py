"""The QR code of the printed certificate as black boxes. What it says is decided elsewhere."""

from itertools import groupby

import segno

from gateway.adapters.documents.certificate_flow import Box

# Readers want four modules of quiet around it (ISO/IEC 18004 clause 6.3.8).
QUIET = 4
# Any mask can be read; trying all eight for the prettiest would take five times as long.
MASK = 3


def qr_boxes(text: str, x: float, top: float, size: float) -> list[Box]:
    """Boxes that draw `text` into the square below and right of (x, top), quiet zone included."""
    rows = segno.make(text, error="m", micro=False, mask=MASK, boost_error=False).matrix
    module = size / (len(rows) + 2 * QUIET)
    left, first = x + QUIET * module, top - (QUIET + 1) * module
    boxes = []
    for number, row in enumerate(rows):
        at = 0
        for dark, run in groupby(row):
            count = len(list(run))
            if dark:
                boxes.append(Box(left + at * module, first - number * module, count * module, module))
            at += count
    return boxes
