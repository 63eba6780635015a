"""The stamped cover sheet: it binds a document of any other media type to its transaction by its digest.

The document itself is kept as it came; nothing of it is opened here.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

from gateway.adapters.documents.stamp import StampMark, stamp
from gateway.adapters.drawing import binary_streams
from gateway.domain.errors import Text, reads_spanish

TITLE = Text("Cover sheet", "Carátula")
EXPLANATION = Text(
    "This sheet stands for a document that is kept exactly as the issuer sent it. Whoever has the document "
    "can compare its SHA-256 digest with the one below.",
    "Esta hoja representa un documento que se conserva tal y como lo envió el emisor. Quien tenga el "
    "documento puede comparar su resumen SHA-256 con el que figura abajo.",
)
LABELS = {
    "guid": Text("Transaction (GUID)", "Operación (GUID)"),
    "name": Text("Document", "Documento"),
    "media_type": Text("Media type", "Tipo de contenido"),
    "size": Text("Size in octets", "Tamaño en octetos"),
    "sha256": Text("SHA-256", "SHA-256"),
}
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=18, leading=24)
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=8)
LABEL = ParagraphStyle("label", BODY, fontSize=8, leading=10, spaceAfter=0, textColor=HexColor(0x444444))
VALUE = ParagraphStyle("value", BODY, fontName="Courier", splitLongWords=1)


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """What the sheet says; `sha256` is 32 octets, `received_at` aware."""

    name: str
    media_type: str
    size: int
    sha256: bytes
    guid: str
    received_at: datetime
    language: str
    test: bool = False


def cover(sheet: CoverSheet) -> bytes:
    """One page in Spanish and English, the transaction's language first, stamped like any other page."""
    binary_streams()
    file = io.BytesIO()
    title = f"{_both(TITLE, sheet.language)} {sheet.guid}"
    document = SimpleDocTemplate(file, pagesize=A4, title=title, invariant=1, leftMargin=30 * mm)
    document.build([Paragraph(_both(TITLE, sheet.language), HEADING), *_explanation(sheet), *_facts(sheet)])
    return stamp(file.getvalue(), StampMark(sheet.guid, sheet.received_at, test=sheet.test))


def _explanation(sheet: CoverSheet) -> list[Paragraph | Spacer]:
    paragraphs = [Paragraph(text, BODY) for text in _ordered(EXPLANATION, sheet.language)]
    return [Spacer(1, 6 * mm), *paragraphs, Spacer(1, 6 * mm)]


def _facts(sheet: CoverSheet) -> list[Paragraph]:
    values = {
        "guid": sheet.guid,
        "name": sheet.name,
        "media_type": sheet.media_type,
        "size": str(sheet.size),
        "sha256": sheet.sha256.hex(),
    }
    facts: list[Paragraph] = []
    for key, value in values.items():
        # The values are the issuer's: they are shown, never read as markup.
        facts += [Paragraph(_both(LABELS[key], sheet.language), LABEL), Paragraph(escape(value), VALUE)]
    return facts


def _both(text: Text, language: str) -> str:
    return " / ".join(dict.fromkeys(_ordered(text, language)))


def _ordered(text: Text, language: str) -> tuple[str, str]:
    return (text.es, text.en) if reads_spanish(language) else (text.en, text.es)
