"""The general conditions that a recipient accepts: text, PDF and the PDF's digest, Spanish and English.

The words live in `templates/<language>/conditions-<version>.txt`, one file a version, never changed once
it was accepted: a change is a new file and a new `VERSION`. Its evidence names version and digest,
so the same version always draws the same octets.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate

from gateway.adapters.drawing import binary_streams
from gateway.domain.errors import reads_spanish

TEMPLATES = Path(__file__).parent / "templates"
# The one that is accepted now; the others stay, so that what was accepted once can be read again.
VERSION = "1.0"
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=12.5, spaceAfter=4)
STYLES = {
    "# ": ParagraphStyle("title", BODY, fontName="Helvetica-Bold", fontSize=15, leading=19, spaceAfter=6),
    "## ": ParagraphStyle("heading", BODY, fontName="Helvetica-Bold", fontSize=11, leading=15, spaceBefore=4),
}


class GeneralConditions:
    """The port `Conditions`. Languages of Spain get Spanish, every other one English."""

    @property
    def version(self) -> str:
        return VERSION

    def text(self, language: str, version: str = VERSION) -> str:
        """The words of a version that is kept."""
        return _text(_known(language), version)

    def pdf(self, language: str) -> bytes:
        return _pdf(_known(language))

    def sha256(self, language: str) -> bytes:
        return hashlib.sha256(self.pdf(language)).digest()


def _known(language: str) -> str:
    return "es" if reads_spanish(language) else "en"


@cache
def _text(language: str, version: str) -> str:
    return (TEMPLATES / language / f"conditions-{version}.txt").read_text(encoding="utf-8")


@cache
def _pdf(language: str) -> bytes:
    """Drawn once a process; `invariant` leaves out dates and random identifiers."""
    binary_streams()
    stream, text = BytesIO(), _text(language, VERSION)
    template = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=text.splitlines()[0].removeprefix("# "),
        lang=language,
        invariant=1,
    )
    template.build(list(_paragraphs(text)))
    return stream.getvalue()


def _paragraphs(text: str) -> Iterator[Paragraph]:
    for line in filter(None, text.splitlines()):
        mark = next((mark for mark in STYLES if line.startswith(mark)), "")
        yield Paragraph(escape(line.removeprefix(mark)), STYLES.get(mark, BODY))
