"""The sheet with a drawn signature, added after the last page of a stamped copy.

Nothing of the copy's own pages is drawn over. The same sheet and copy give the same octets; whoever calls
this seals them.
"""

import io
from datetime import UTC, datetime

from pikepdf import Pdf, PdfError, StreamDecodeLevel
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from gateway.adapters.documents.reading import open_pdf
from gateway.adapters.drawing import binary_streams
from gateway.domain.errors import ErrorKind, GatewayError, Text
from gateway.domain.sandbox import MARK
from gateway.domain.signature_sheet import SignatureSheet

TITLE = Text("Signature sheet", "Hoja de firma")
LABELS = (
    Text("Signed by", "Firmado por"),
    Text("Date and time (UTC)", "Fecha y hora (UTC)"),
    Text("Transaction (GUID)", "Operación (GUID)"),
    Text("Document", "Documento"),
    Text("SHA-256 of the stamped document", "SHA-256 del documento sellado"),
)
EXPLANATION = Text(
    "Drawn by hand on a screen. The movement of the hand is kept encrypted for an independent depositary and "
    "bound to the digest above; this drawing shows its shape only.",
    "Dibujada a mano en una pantalla. El trazo se conserva cifrado para un depositario independiente y "
    "ligado al resumen de arriba; este dibujo muestra sólo su forma.",
)
MARGIN, BOX_HEIGHT, LINE = 57.0, 200.0, 1.6


class SheetPaper:
    """The port `SheetPaper`."""

    def with_sheet(self, stamped: bytes, sheet: SignatureSheet) -> bytes:
        """The stamped copy and one page more. Raises GatewayError(DOCUMENT_BROKEN)."""
        try:
            return _joined(stamped, _page(sheet))
        except (PdfError, RuntimeError, ValueError, TypeError) as error:
            raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "the signature sheet cannot be added") from error


def _joined(stamped: bytes, page: bytes) -> bytes:
    target = io.BytesIO()
    with open_pdf(stamped) as copy, Pdf.open(io.BytesIO(page)) as sheet:
        copy.pages.extend(sheet.pages)
        copy.save(
            target,
            fix_metadata_version=False,
            stream_decode_level=StreamDecodeLevel.none,
            compress_streams=False,
            deterministic_id=True,
        )
    return target.getvalue()


def _page(sheet: SignatureSheet) -> bytes:
    binary_streams()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    top = A4[1] - MARGIN
    if sheet.test:
        canvas.setFont("Helvetica-Bold", 14)
        canvas.setFillColorRGB(0.6, 0, 0)
        canvas.drawString(MARGIN, top, MARK)
        top -= 30
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(MARGIN, top, _both(TITLE, sheet.language))
    _words(canvas, sheet, _signature(canvas, sheet, top - 30))
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _signature(canvas: Canvas, sheet: SignatureSheet, top: float) -> float:
    """Frame and lines, as large as they fit; gives the frame's lower edge."""
    wide, bottom = A4[0] - 2 * MARGIN, top - BOX_HEIGHT
    canvas.setStrokeColorRGB(0.55, 0.55, 0.55)
    canvas.rect(MARGIN, bottom, wide, BOX_HEIGHT)
    scale = min(wide / sheet.width, BOX_HEIGHT / sheet.height)
    left = MARGIN + (wide - sheet.width * scale) / 2
    roof = top - (BOX_HEIGHT - sheet.height * scale) / 2
    canvas.setStrokeColorRGB(0.05, 0.1, 0.35)
    canvas.setLineWidth(LINE)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for line in sheet.lines:
        path = canvas.beginPath()
        path.moveTo(left + line[0][0] * scale, roof - line[0][1] * scale)
        for x, y in line[1:]:
            path.lineTo(left + x * scale, roof - y * scale)
        canvas.drawPath(path)
    return bottom


def _words(canvas: Canvas, sheet: SignatureSheet, top: float) -> None:
    values = (
        sheet.signer,
        _moment(sheet.at),
        sheet.guid,
        sheet.document_name,
        sheet.stamped_sha256.hex(),
    )
    wide = A4[0] - 2 * MARGIN
    for label, value in zip(LABELS, values, strict=True):
        canvas.setFont("Helvetica", 8)
        canvas.setFillColorRGB(0.27, 0.27, 0.27)
        canvas.drawString(MARGIN, top - 24, _both(label, sheet.language))
        canvas.setFillColorRGB(0, 0, 0)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(MARGIN, top - 38, _fitting(value, wide))
        top -= 36
    canvas.setFont("Helvetica", 9)
    for text in _ordered(EXPLANATION, sheet.language):
        top -= 12
        for line in simpleSplit(text, "Helvetica", 9, wide):
            top -= 13
            canvas.drawString(MARGIN, top - 24, line)


def _fitting(value: str, wide: float) -> str:
    """What the standard typeface can show (as the side mark does), cut to one line."""
    shown = value.encode("cp1252", "replace").decode("cp1252")
    if stringWidth(shown, "Helvetica", 11) <= wide:
        return shown
    while stringWidth(f"{shown}…", "Helvetica", 11) > wide:
        shown = shown[:-1]
    return f"{shown}…"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _both(text: Text, language: str) -> str:
    return " / ".join(_ordered(text, language))


def _ordered(text: Text, language: str) -> tuple[str, str]:
    return (text.es, text.en) if language.lower().startswith("es") else (text.en, text.es)
