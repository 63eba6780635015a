"""Documents composed on demand: plain text with `{{field}}` places, `# ` headings and paragraphs, as PDF.

Nothing in a template is code, and nothing in a value is markup.
"""

import io
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate

from gateway.adapters.drawing import binary_streams
from gateway.domain.errors import ErrorKind, GatewayError

FIELD = re.compile(r"\{\{\s*([\w.-]{1,128})\s*\}\}")
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=11, leading=15, spaceAfter=8)
STYLES = {
    "## ": ParagraphStyle("section", BODY, fontName="Helvetica-Bold", fontSize=13, leading=18),
    "# ": ParagraphStyle("title", BODY, fontName="Helvetica-Bold", fontSize=18, leading=24),
}


def compose(template: str, data: Mapping[str, str], title: str) -> bytes:
    """The PDF; the same template and data always give the same octets.

    Raises GatewayError(RULE_BROKEN), naming the field, when one has no value or a value has no place.
    """
    text = _filled(template, data)
    binary_streams()
    file = io.BytesIO()
    document = SimpleDocTemplate(file, pagesize=A4, title=title, invariant=1, leftMargin=30 * mm)
    document.build([_paragraph(block) for block in re.split(r"\n\s*\n", text) if block.strip()])
    return file.getvalue()


def _filled(template: str, data: Mapping[str, str]) -> str:
    places = set(FIELD.findall(template))
    missing, unused = sorted(places - set(data)), sorted(set(data) - places)
    if missing or unused:
        name, what = (missing[0], "has no value") if missing else (unused[0], "has no place in the template")
        raise GatewayError(ErrorKind.RULE_BROKEN, f"template field {name} {what}")
    if not FIELD.sub("", template).strip() and not any(value.strip() for value in data.values()):
        raise GatewayError(ErrorKind.RULE_BROKEN, "the template is empty")
    return FIELD.sub(lambda place: data[place[1]], template)


def _paragraph(block: str) -> Paragraph:
    text = block.strip()
    for mark, style in STYLES.items():
        if text.startswith(mark):
            return Paragraph(_shown(text.removeprefix(mark)), style)
    return Paragraph(_shown(text), BODY)


def _shown(text: str) -> str:
    return "<br/>".join(escape(line) for line in text.splitlines())
