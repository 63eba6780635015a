"""The report as text for a terminal or a file: one fact a line, nested by indentation.

Nothing that a file says can command a terminal or begin a line of its own.
"""

from collections.abc import Iterator, Sequence

from gateway.domain.validation import Indication, ValidationReport
from gateway.domain.validation_story import Section, tell
from gateway.domain.wording import printable

INDENT = "  "


def render(reports: Sequence[ValidationReport], language: str) -> bytes:
    """UTF-8. Each file begins with its indication (EN 319 102-1): `TOTAL-PASSED: name`."""
    return "".join(f"{line}\n" for report in reports for line in _file(report, language)).encode()


def _file(report: ValidationReport, language: str) -> Iterator[str]:
    story = tell(report, language)
    yield verdict(report)
    yield from _inside(story, INDENT)


def verdict(report: ValidationReport) -> str:
    """The first line alone: the indication, the file and the sub-indication."""
    why = f" ({report.sub_indication.value})" if report.sub_indication is not None else ""
    return f"{report.indication.value}: {printable(report.name)}{why}"


def _inside(section: Section, indent: str) -> Iterator[str]:
    for heading, value in section.statements:
        yield f"{indent}{printable(heading)}: {printable(value)}"
    for inner in section.sections:
        yield f"{indent}{printable(inner.title)}{_said(inner.indication)}"
        yield from _inside(inner, indent + INDENT)


def _said(indication: Indication | None) -> str:
    return "" if indication is None else f": {indication.value}"
