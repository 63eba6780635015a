"""One page for the notary, in Spanish and English: what is deposited, and room for the protocol number.

It repeats the deposit file for people and proves nothing by itself.
"""

import io
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from gateway.adapters.drawing import binary_streams
from gateway.adapters.xml.evidence_xml import as_text
from gateway.domain.deposit import DepositFacts
from gateway.domain.errors import Text
from gateway.domain.wording import printable

TITLE = Text("Deposit", "Depósito")
EXPLANATION = Text(
    "The party named below deposits the file whose SHA-256 digest stands here. It holds the root of a hash "
    "tree over everything that was sealed in the period; no data of any person can be learnt from it. "
    "Whoever has a document or evidence of the period and its evidence record can show that it is "
    "contained in this root.",
    "La entidad indicada deposita el fichero cuyo resumen SHA-256 figura en esta hoja. Contiene la raíz de "
    "un árbol de resúmenes de todo lo sellado en el periodo; de él no puede conocerse dato alguno de ninguna "
    "persona. Quien tenga un documento o una evidencia del periodo y su registro de evidencia puede "
    "acreditar que está contenido en esta raíz.",
)
LABELS = {
    "depositor": Text("Depositor", "Depositante"),
    "installation": Text("Installation", "Instalación"),
    "number": Text("Deposit number", "Número de depósito"),
    "period": Text("Period (UTC)", "Periodo (UTC)"),
    "leaves": Text("Leaves of the tree", "Hojas del árbol"),
    "root": Text("Root (SHA-256)", "Raíz (SHA-256)"),
    "stamp": Text("Time-stamp (UTC), authority", "Sello de tiempo (UTC), autoridad"),
    "file": Text("SHA-256 of the deposit file", "SHA-256 del fichero de depósito"),
    "previous": Text("SHA-256 of the previous file", "SHA-256 del fichero anterior"),
}
ROOM = (
    Text("Protocol number", "Número de protocolo"),
    Text("Date", "Fecha"),
    Text("Notary, signature and seal", "Notario, firma y sello"),
)
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=18, leading=24, spaceAfter=8)
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=12, spaceAfter=6)
LABEL = ParagraphStyle("label", BODY, fontSize=8, leading=10, spaceAfter=0, textColor=HexColor(0x444444))
VALUE = ParagraphStyle("value", BODY, fontName="Courier", fontSize=9, splitLongWords=1, spaceAfter=5)
LONGEST = 200


def draw(facts: DepositFacts, xml_sha256: bytes, depositor: str) -> bytes:
    """A4, Spanish first; the same facts give the same octets."""
    binary_streams()
    file = io.BytesIO()
    title = f"{_both(TITLE)} {facts.installation}-{facts.number:06d}"
    document = SimpleDocTemplate(file, pagesize=A4, title=title, invariant=1, leftMargin=25 * mm)
    explanation = [Paragraph(text, BODY) for text in (EXPLANATION.es, EXPLANATION.en)]
    document.build([Paragraph(title, HEADING), *explanation, *_facts(facts, xml_sha256, depositor), *_room()])
    return file.getvalue()


def _facts(facts: DepositFacts, xml_sha256: bytes, depositor: str) -> list[Flowable]:
    values = {
        "depositor": depositor,
        "installation": facts.installation,
        "number": str(facts.number),
        "period": f"{as_text(facts.period_from)} – {as_text(facts.period_to)}",
        "leaves": str(facts.leaves),
        "root": facts.root.hex(),
        "stamp": f"{as_text(facts.gen_time)}, {facts.authority}",
        "file": xml_sha256.hex(),
        "previous": facts.previous_sha256.hex() if facts.previous_sha256 else "-",
    }
    shown: list[Flowable] = [Spacer(1, 3 * mm)]
    for key, value in values.items():
        text = escape(printable(value)[:LONGEST])
        shown += [Paragraph(_both(LABELS[key]), LABEL), Paragraph(text, VALUE)]
    return shown


def _room() -> list[Flowable]:
    """Boxes for the notary to write in."""
    cells = [[Paragraph(_both(text), LABEL) for text in ROOM]]
    table = Table(cells, colWidths=[62 * mm, 30 * mm, 70 * mm], rowHeights=[32 * mm])
    lines = ("GRID", (0, 0), (-1, -1), 0.6, HexColor(0x444444))
    table.setStyle(TableStyle([lines, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return [Spacer(1, 5 * mm), table]


def _both(text: Text) -> str:
    return f"{text.es} / {text.en}"
