"""The process that fills one PDF form, draws the values with an embedded typeface, flattens it, and ends.

It is run by its path and imports nothing of ours, as the one for HTML. What does not fit its place, or has a
character that the typeface lacks, is refused: nothing of a contract is cut in silence.
"""

import ctypes
import io
import json
import resource
import sys
from typing import Any

import pikepdf
from pikepdf.form import CheckboxField, Form, TextField
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT, LARGEST, SMALLEST, PADDING = "Vera", 11.0, 6.0, 2.0
YES, NO = {"true", "1", "yes", "sí", "si", "x"}, {"false", "0", "no", ""}


class Refused(Exception):
    """The form or its data; the words are for whoever made it."""


def confine(memory: int, seconds: int) -> None:
    """No more memory, time, files or children than one document needs; no core, which would hold the data."""
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    # Whatever the libraries run, it gains no rights by it (prctl PR_SET_NO_NEW_PRIVS).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)


def fields_of(pdf: pikepdf.Pdf) -> dict[str, Any]:
    """By name. Raises Refused for what cannot be filled."""
    root = pdf.Root
    if "/AcroForm" not in root:
        raise Refused("the PDF has no form")
    if "/XFA" in root.AcroForm:
        raise Refused("XFA forms are not filled")
    found: dict[str, Any] = {}
    for field in Form(pdf):
        name = field.fully_qualified_name
        if not isinstance(field, TextField | CheckboxField):
            raise Refused(f"field {name}: only texts and check boxes are filled")
        if name in found:
            raise Refused(f"field {name} repeats")
        found[name] = field
    return found


def places(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """The page of each widget, by its object's number."""
    return {
        widget.objgen: number
        for number, page in enumerate(pdf.pages)
        for widget in page.obj.get("/Annots", ())
        if widget.get("/Subtype") == "/Widget"
    }


def lines_of(text: str, size: float, width: float, *, several: bool) -> list[str]:
    if not several:
        return [text]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and pdfmetrics.stringWidth(longer, FONT, size) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def fitted(name: str, text: str, wide: float, high: float, *, several: bool) -> tuple[float, list[str]]:
    """Size and lines. Raises Refused where even the smallest does not fit."""
    size = LARGEST
    while size >= SMALLEST:
        lines = lines_of(text, size, wide - 2 * PADDING, several=several)
        broad = max(pdfmetrics.stringWidth(line, FONT, size) for line in lines)
        if broad <= wide - 2 * PADDING and len(lines) * size * 1.2 <= high + size * 0.4:
            return size, lines
        size -= 0.5
    raise Refused(f"field {name}: the value does not fit its place")


def check_letters(name: str, text: str) -> None:
    font: Any = pdfmetrics.getFont(FONT)
    known = font.face.charToGlyph
    strange = sorted({letter for letter in text if letter != "\n" and ord(letter) not in known})
    if strange:
        raise Refused(f"field {name}: no letter for U+{ord(strange[0]):04X}")


def draw(canvas: Canvas, name: str, text: str, rect: Any, *, several: bool) -> None:
    left, low, right, top = (float(each) for each in rect)
    left, right, low, top = min(left, right), max(left, right), min(low, top), max(low, top)
    check_letters(name, text)
    size, lines = fitted(name, text, right - left, top - low, several=several)
    canvas.setFont(FONT, size)
    leading = size * 1.2
    first = top - PADDING - size if several else low + (top - low - size) / 2 + size * 0.2
    for number, line in enumerate(lines):
        canvas.drawString(left + PADDING, first - number * leading, line)


def fill(pdf: pikepdf.Pdf, data: dict[str, str]) -> bytes:
    found, where = fields_of(pdf), places(pdf)
    drawn: dict[int, list[tuple[str, str, Any, bool]]] = {}
    for name, value in data.items():
        field = found[name]
        if isinstance(field, CheckboxField):
            if value.lower() not in YES | NO:
                raise Refused(f"field {name}: true or false")
            field.checked = value.lower() in YES
            continue
        for widget in [field.obj, *field.obj.get("/Kids", ())]:
            if widget.objgen in where and value:
                drawn.setdefault(where[widget.objgen], []).append(
                    (name, value, widget.Rect, bool(field.is_multiline))
                )
    _flatten(pdf)
    for number, texts in drawn.items():
        _lay(pdf, pdf.pages[number], texts)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _lay(pdf: pikepdf.Pdf, page: Any, texts: list[tuple[str, str, Any, bool]]) -> None:
    """The values over the page's own content, which may leave its graphics state as it likes."""
    box = [float(each) for each in page.mediabox]
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(box[2], box[3]), invariant=1)
    for name, value, rect, several in texts:
        draw(canvas, name, value, rect, several=several)
    canvas.save()
    with pikepdf.Pdf.open(io.BytesIO(stream.getvalue())) as layer:
        values = pdf.copy_foreign(layer.pages[0].as_form_xobject())
    # A name of our choice: the library's own would be another each time.
    page.add_resource(values, pikepdf.Name.XObject, pikepdf.Name("/FehacienteValues"))
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\nQ q /FehacienteValues Do Q\n")


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Boxes become pictures, texts go (ours are drawn instead), and nothing that acts is left."""
    widgets: list[Any] = [each for page in pdf.pages for each in page.obj.get("/Annots", ())]
    for widget in widgets:
        parent = widget.get("/Parent")
        kind = widget.get("/FT") or (parent.get("/FT") if parent is not None else None)
        if kind == "/Tx" and "/AP" in widget:
            del widget["/AP"]
    pdf.flatten_annotations("all")
    _without(pdf.Root, "/AcroForm", "/OpenAction", "/AA", "/Names")
    for page in pdf.pages:
        _without(page.obj, "/Annots", "/AA")


def _without(holder: Any, *names: str) -> None:
    for name in names:
        if name in holder:
            del holder[name]


def compose(octets: bytes, data: dict[str, str] | None) -> tuple[dict[str, Any], bytes]:
    with pikepdf.Pdf.open(io.BytesIO(octets)) as pdf:
        if data is None:
            return {"fields": sorted(fields_of(pdf))}, b""
        return {"fields": []}, fill(pdf, data)


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    octets = sys.stdin.buffer.read()
    pdfmetrics.registerFont(TTFont(FONT, "Vera.ttf"))
    confine(order["memory"], order["seconds"])
    try:
        facts, pdf = compose(octets, order["data"])
    except Refused as error:
        facts, pdf = {"refused": str(error)[:300]}, b""
    except pikepdf.PdfError:
        facts, pdf = {"refused": "the PDF cannot be read"}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + pdf)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
