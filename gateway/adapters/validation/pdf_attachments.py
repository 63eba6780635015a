"""Files that are attached to a PDF, within limits. What they are worth is judged elsewhere."""

import io
from collections.abc import Iterator

import pikepdf

MOST_FILES = 500
MOST_OCTETS = 128 * 1024 * 1024


def attachments(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and octets of each embedded file; those that cannot be read, or are too much, are passed over."""
    left = MOST_OCTETS
    try:
        with pikepdf.open(io.BytesIO(octets)) as pdf:
            for name in list(pdf.attachments)[:MOST_FILES]:
                body = _read(pdf, name)
                left -= len(body)
                if left < 0:
                    return
                if body:
                    yield name, body
    except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError):
        return


def _read(pdf: pikepdf.Pdf, name: str) -> bytes:
    try:
        return pdf.attachments[name].get_file().read_bytes()
    except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError):
        return b""
