"""The address sheet: an A4 page whose address shows in the window of a DIN C5/6 or DL envelope.

Folded at 105 and 210 mm, a sheet has room to move: 9 mm up and 19 mm aside in a C5/6 envelope (114 by 229 mm,
window 90 by 45 mm, 20 mm from the left and 15 mm from the bottom: DIN 680), 5 and 10 mm in a DL one (110 by
220 mm, window 90 by 35 mm at the same place). What may show in either stays empty but for the address, and
the address stands where it shows in both, however the sheet lies.
"""

import io
from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from gateway.adapters.channels.postal.code_qr import draw_qr
from gateway.adapters.drawing import binary_streams
from gateway.domain.errors import Text, reads_spanish

# In millimetres from the upper left corner of the sheet: left, top, right, bottom.
ALWAYS_SEEN = (20.0, 60.0, 91.0, 90.0)
SOMETIMES_SEEN = (1.0, 45.0, 110.0, 99.0)
LEFT, WIDE = 22 * mm, 68 * mm
FIRST_LINE, LEADING = 65.0, 4.8
SIZES = (11, 10, 9, 8, 7)
FACE, BOLD = "Helvetica", "Helvetica-Bold"
MARGIN, BODY_TOP, BOTTOM = 25 * mm, 112.0, 45.0
BODY_SIZE, BODY_LEADING = 10.5, 5.0
FOLDS = (105.0, 210.0)
INTERNATIONAL = Text("INTERNATIONAL - ADVICE OF DELIVERY (CN 07)", "INTERNACIONAL - AVISO DE RECIBO (CN 07)")
KINDS = {
    "REGISTERED": Text("REGISTERED LETTER WITH ADVICE OF DELIVERY", "CARTA CERTIFICADA CON AVISO DE RECIBO"),
    "BUROFAX": Text("BUROFAX WITH ADVICE OF DELIVERY", "BUROFAX CON ACUSE DE RECIBO"),
}
ANSWER = Text("To read and answer", "Para leer y responder")
REFERENCE = Text("Reference", "Referencia")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn; `lines` are the address, `link` may be empty. The mark names this very letter."""

    guid: str
    mark: str
    lines: tuple[str, ...]
    kind: str
    abroad: bool
    language: str
    sender: str
    contact: str
    subject: str
    text: str
    link: str = ""


def address_sheet(sheet: Sheet) -> bytes:
    """As PDF; the text goes on overleaf where it is long. The same sheet gives the same octets."""
    binary_streams()
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle(f"{sheet.guid} {sheet.mark}")
    _head(canvas, sheet)
    _address(canvas, sheet.lines)
    _folds(canvas)
    rest = _body(canvas, _wrapped(sheet), BODY_TOP, BOTTOM + (30 if sheet.link else 0))
    if sheet.link:
        _answer(canvas, sheet)
    _codes(canvas, sheet)
    while rest:
        canvas.showPage()
        rest = _body(canvas, rest, 25.0, 30.0)
        _line(canvas, 25.0, 285.0, f"{sheet.guid} - {sheet.mark}", 7)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, sheet: Sheet) -> None:
    """Above what may show in a window: who sends, how it goes."""
    spanish = reads_spanish(sheet.language)
    kind = KINDS[sheet.kind]
    _line(canvas, 22.0, 17.0, sheet.sender, 11, BOLD)
    _line(canvas, 22.0, 22.0, sheet.contact, 9)
    _line(canvas, 22.0, 30.0, kind.es if spanish else kind.en, 10, BOLD)
    if sheet.abroad:
        # What a foreign office has to read is said in the language of the post, too.
        _line(canvas, 22.0, 35.0, INTERNATIONAL.es if spanish else INTERNATIONAL.en, 9, BOLD)
        _line(canvas, 22.0, 39.0, "RECOMMANDÉ - AVIS DE RÉCEPTION", 9, BOLD)


def _address(canvas: Canvas, lines: tuple[str, ...]) -> None:
    size = next(
        (size for size in SIZES if max(stringWidth(each, FACE, size) for each in lines) <= WIDE), SIZES[-1]
    )
    for number, line in enumerate(lines):
        text = canvas.beginText(LEFT, A4[1] - (FIRST_LINE + number * LEADING) * mm)
        text.setFont(FACE, size)
        wide = stringWidth(line, FACE, size)
        if wide > WIDE:
            text.setHorizScale(100 * WIDE / wide)
        text.textOut(line)
        canvas.drawText(text)


def _folds(canvas: Canvas) -> None:
    canvas.setLineWidth(0.3)
    for place in FOLDS:
        canvas.line(4 * mm, A4[1] - place * mm, 8 * mm, A4[1] - place * mm)


def _wrapped(sheet: Sheet) -> list[tuple[str, str]]:
    """Typeface and words of each line."""
    wide = A4[0] - 2 * MARGIN
    lines = [(BOLD, each) for each in simpleSplit(_shown(sheet.subject), BOLD, BODY_SIZE, wide)]
    lines.append((FACE, ""))
    for paragraph in _shown(sheet.text).splitlines():
        lines += [(FACE, each) for each in simpleSplit(paragraph, FACE, BODY_SIZE, wide) or [""]]
    return lines


def _body(canvas: Canvas, lines: list[tuple[str, str]], top: float, bottom: float) -> list[tuple[str, str]]:
    """Draw what fits; the lines that are left."""
    room = int((A4[1] / mm - top - bottom) // BODY_LEADING)
    for number, (face, words) in enumerate(lines[:room]):
        _line(canvas, MARGIN / mm, top + number * BODY_LEADING, words, BODY_SIZE, face)
    return lines[room:]


def _answer(canvas: Canvas, sheet: Sheet) -> None:
    """Where to answer, to be typed or taken with a telephone's camera."""
    top = A4[1] / mm - BOTTOM - 26
    said = ANSWER.es if reads_spanish(sheet.language) else ANSWER.en
    draw_qr(canvas, sheet.link, MARGIN, A4[1] - top * mm, 26 * mm)
    _line(canvas, 55.0, top + 6, f"{said}:", 9, BOLD)
    for number, part in enumerate(simpleSplit(sheet.link, FACE, 9, 125 * mm)):
        _line(canvas, 55.0, top + 11 + number * 4.5, part, 9)


def _codes(canvas: Canvas, sheet: Sheet) -> None:
    """Below: the GUID, and the reference of this very letter by which the courier tells of it."""
    said = REFERENCE.es if reads_spanish(sheet.language) else REFERENCE.en
    for top, value, words in ((256.0, sheet.guid, sheet.guid), (274.0, sheet.mark, f"{said}: {sheet.mark}")):
        # The margins are the quiet zones: ISO/IEC 15417 wants ten modules.
        code = Code128(value, barHeight=10 * mm, barWidth=0.25 * mm, quiet=0)
        code.drawOn(canvas, MARGIN, A4[1] - (top + 10) * mm)
        _line(canvas, MARGIN / mm, top + 13.5, words, 8)


def _line(canvas: Canvas, left: float, top: float, words: str, size: float, face: str = FACE) -> None:
    canvas.setFont(face, size)
    canvas.drawString(left * mm, A4[1] - top * mm, _shown(words))


def _shown(text: str) -> str:
    """What the standard typefaces can show, lines kept."""
    return text.encode("cp1252", "replace").decode("cp1252")
