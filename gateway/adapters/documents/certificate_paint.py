"""Paints placed pages as PDF, black on white, numbered. It decides no text and no place.

The content streams are written here and pikepdf puts the file together: reportlab, which draws everything
else, takes several times as long for so many lines, and a certificate is made for every transaction.
"""

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from gateway.adapters.documents.certificate_flow import HAIR, LEFT, RIGHT, Page, Rule
from gateway.adapters.documents.certificate_fonts import face
from gateway.adapters.documents.certificate_text import Line, Style, printable
from gateway.adapters.documents.pdf_archive import Properties, archive
from gateway.domain.certificate import Attachment

FOOT = Style(6.5, gray=0.3)
BAND = Style(9.0, bold=True)
BAND_AT = 812.0
# Cosine and sine of about 55 degrees, along an A4 page.
SLOPE = "0.5736 0.8192 -0.8192 0.5736"
FOOT_AT = 44.0
ASIDE_SIZE, ASIDE_GRAY, ASIDE_GAP = 0.72, 0.35, 5.0
A4_BOX = (0, 0, 595.28, 841.89)
# What PDF/A-3 is a profile of.
VERSION = "1.7"
FONTS = {False: "/F1", True: "/F2"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The document's properties, and the foot of each page; `page` has places {n} and {total}.

    `identifier` and `made_at` (aware) are left out of the metadata when there are none. `watermark` are texts
    across every page and at its top.
    """

    title: str
    author: str
    subject: str
    language: str
    foot: str
    page: str
    identifier: str = ""
    made_at: datetime | None = None
    watermark: tuple[str, ...] = ()


def paint(pages: Sequence[Page], sheet: Sheet, attachments: Sequence[Attachment] = ()) -> bytes:
    """PDF/A-3b; the same pages and attachments always give the same octets."""
    file = io.BytesIO()
    properties = Properties(
        sheet.title, sheet.author, sheet.subject, sheet.language, sheet.identifier, sheet.made_at
    )
    with Pdf.new() as pdf:
        fonts = Dictionary({name: face(bold).embedded(pdf) for bold, name in FONTS.items()})
        resources = pdf.make_indirect(Dictionary(Font=fonts))
        for number, page in enumerate(pages, 1):
            content = _content(page, sheet, sheet.page.format(n=number, total=len(pages)))
            pdf.pages.append(pikepdf.Page(_page(pdf, resources, content)))
        archive(pdf, properties, attachments)
        pdf.save(file, deterministic_id=True, min_version=VERSION, fix_metadata_version=False)
    return file.getvalue()


def _page(pdf: Pdf, resources: Object, content: bytes) -> Dictionary:
    stream = Stream(pdf, b"")
    stream.write(zlib.compress(content), filter=Name.FlateDecode)
    return Dictionary(Type=Name.Page, MediaBox=Array(list(A4_BOX)), Resources=resources, Contents=stream)


def _content(page: Page, sheet: Sheet, number: str) -> bytes:
    out = _watermark(sheet.watermark)
    boxes = len(out)
    out += [f"{box.x:.2f} {box.y:.2f} {box.width:.2f} {box.height:.2f} re" for box in page.boxes]
    if len(out) > boxes:
        out.append("0 g f")
    for rule in (*page.rules, Rule(LEFT, FOOT_AT + 10, RIGHT, FOOT_AT + 10, HAIR)):
        out.append(f"{rule.weight:.2f} w {rule.x0:.2f} {rule.y0:.2f} m {rule.x1:.2f} {rule.y1:.2f} l S")
    out.append("BT")
    for x, y, line in page.lines:
        _show(out, x, y, line)
    end = RIGHT - face(FOOT.bold).width(printable(number), FOOT.size)
    _show(out, LEFT, FOOT_AT, Line(sheet.foot, FOOT))
    _show(out, end, FOOT_AT, Line(number, FOOT))
    out.append("ET")
    return "\n".join(out).encode("ascii")


def _watermark(texts: Sequence[str]) -> list[str]:
    """Below everything, from corner to corner, and above everything at the top: nobody overlooks both."""
    if not texts:
        return []
    out, typeface = ["BT"], face(True)
    size = 620.0 / max(typeface.width(printable(text), 1.0) for text in texts)
    for number, text in enumerate(texts):
        x, y = 95.0 + 150.0 * number, 165.0 - 25.0 * number
        place = f"{FONTS[True]} {size:.2f} Tf 0.86 g {SLOPE} {x:.2f} {y:.2f} Tm"
        out.append(f"{place} <{typeface.shown(printable(text))}> Tj")
    _show(out, LEFT, BAND_AT, Line("  ·  ".join(map(printable, texts)), BAND))
    return [*out, "ET"]


def _show(out: list[str], x: float, y: float, line: Line) -> None:
    style, typeface = line.style, face(line.style.bold)
    place = f"{FONTS[style.bold]} {style.size:.2f} Tf {style.gray:g} g 1 0 0 1 {x:.2f} {y:.2f} Tm"
    out.append(f"{place} <{typeface.shown(line.text)}> Tj")
    if line.aside:
        after = x + typeface.width(line.text, style.size) + ASIDE_GAP
        _show(out, after, y, Line(line.aside, Style(style.size * ASIDE_SIZE, gray=ASIDE_GRAY)))
