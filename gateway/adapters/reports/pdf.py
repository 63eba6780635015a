"""The report on paper: the same story as the text, on A4, numbered. It lays out and decides nothing."""

from collections.abc import Sequence

from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_paint import Sheet, paint
from gateway.adapters.documents.certificate_text import Line, Style, printable, wrapped
from gateway.domain.errors import Text, reads_spanish
from gateway.domain.validation import ValidationReport
from gateway.domain.validation_story import Section, tell

TITLE = Text("Validation report", "Informe de validación")
FOOT = Text(
    "By ETSI EN 319 102-1, from the file and the trusted roots alone",
    "Según ETSI EN 319 102-1, sólo a partir del fichero y de las raíces de confianza",
)
PAGE = Text("page {n} of {total}", "página {n} de {total}")
LABEL, VALUE, TITLES = Style(7.5, gray=0.35), Style(8), Style(9.5, bold=True)
INDENT, DEEPEST = 9.0, 6
KEY = 118.0  # Width of the column of headings.
ROOM = 60.0  # What a title must have below it.


def render(reports: Sequence[ValidationReport], language: str) -> bytes:
    """The PDF; the same reports always give the same octets."""
    flow, title = Flow(), TITLE.in_language(language)
    flow.row(Cell(LEFT, [Line(title, Style(17, bold=True))]))
    flow.rule(1.2, gap=6)
    for report in reports:
        _section(flow, tell(report, language), 0)
    sheet = Sheet(
        title=title,
        author="Fehaciente",
        subject=", ".join(report.name for report in reports)[:200],
        language="es" if reads_spanish(language) else "en",
        foot=printable(FOOT.in_language(language)),
        page=PAGE.in_language(language),
    )
    return paint(flow.pages, sheet)


def _section(flow: Flow, section: Section, depth: int) -> None:
    left = LEFT + INDENT * min(depth, DEEPEST)
    _title(flow, section, left)
    for heading, value in section.statements:
        _pair(flow, left, heading, value)
    flow.y -= 5
    for inner in section.sections:
        _section(flow, inner, depth + 1)


def _title(flow: Flow, section: Section, left: float) -> None:
    said = f"  ·  {section.indication.value}" if section.indication is not None else ""
    lines = wrapped(section.title + said, TITLES, WIDTH - (left - LEFT))
    if flow.y - sum(line.height for line in lines) < ROOM * 2:
        flow.break_page()
    flow.row(Cell(left, lines), gap=1)
    flow.rule(gap=3)


def _pair(flow: Flow, left: float, heading: str, value: str) -> None:
    lines = wrapped(value, VALUE, WIDTH - KEY - (left - LEFT))
    if lines:
        flow.row(Cell(left, wrapped(heading, LABEL, KEY - 8)), Cell(left + KEY, lines), gap=1.5)
