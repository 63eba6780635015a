"""Which language speaks first in the printed certificate, and how the other one stands beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.adapters.documents.certificate_text import Line, Style, wrapped
from gateway.domain.errors import Text, reads_spanish

GRAY = 0.35
LABEL_SIZE, ASIDE_SIZE = 7.5, 6.2
GAP = 8.0  # Between a column of labels and the next one.


@dataclass(frozen=True, slots=True)
class Speech:
    """`language` is the transaction's tag; anything but Spanish is told in English."""

    language: str

    @property
    def spanish(self) -> bool:
        return reads_spanish(self.language)

    def main(self, text: Text) -> str:
        return text.es if self.spanish else text.en

    def other(self, text: Text) -> str:
        return text.en if self.spanish else text.es

    def both(self, text: Text) -> tuple[str, str]:
        return self.main(text), self.other(text)

    def joined(self, text: Text) -> str:
        main, other = self.both(text)
        return main if main == other else f"{main} / {other}"

    def aside(self, size: float = ASIDE_SIZE) -> Style:
        return Style(size, gray=GRAY)

    def label(self, text: Text, width: float, bold: bool = False) -> list[Line]:
        """What a value is: one language above the other, once if they say the same."""
        main, other = self.both(text)
        lines = wrapped(main, Style(LABEL_SIZE, bold), width - GAP)
        return lines if main == other else [*lines, *wrapped(other, self.aside(), width - GAP)]

    def note(self, text: Text, width: float) -> list[Line]:
        main, other = self.both(text)
        return [*wrapped(main, Style(7.5), width), *wrapped(other, self.aside(), width)]


def moment(time: datetime) -> str:
    """UTC to the millisecond, cut and not rounded: nothing is told to be later than it was."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")
