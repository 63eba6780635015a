"""A label and its value side by side, as the printed certificate shows most facts."""

from gateway.adapters.documents.certificate_flow import LEFT, WIDTH, Cell, Flow
from gateway.adapters.documents.certificate_speech import Speech
from gateway.adapters.documents.certificate_text import Style, wrapped
from gateway.domain.errors import Text

KEY = 148.0  # Width of the column of labels.
VALUE = Style(8.5)
STRONG = Style(10.5, bold=True)
DIGEST = Style(7.5)


def pair(
    flow: Flow,
    speech: Speech,
    label: Text,
    value: str,
    style: Style = VALUE,
    *,
    key: float = KEY,
    width: float = WIDTH,
) -> None:
    """A label in `key` points and its value in what is left of `width`; nothing when there is no value."""
    lines = wrapped(value, style, width - key)
    if lines:
        flow.row(Cell(LEFT, speech.label(label, key)), Cell(LEFT + key, lines), gap=2)
