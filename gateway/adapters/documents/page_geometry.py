"""What a reader sees of a page: the visible box and the way from seen coordinates to user space.

Seen coordinates begin at the lower left corner as displayed, u to the right and v upwards, in units of
1/72 inch whatever UserUnit says. Pure arithmetic on page dictionaries; nothing is drawn here.
"""

from dataclasses import dataclass

from pikepdf import Object

from gateway.adapters.documents.reading import elements, inherited

Matrix = tuple[float, float, float, float, float, float]

# ISO 32000-1, 7.7.3.3 demands a MediaBox; readers show a page without a usable one as US Letter.
LETTER = (0.0, 0.0, 612.0, 792.0)
# Beyond this (14,400 units is the format's own limit) numbers are damage, not paper.
LARGEST = 1e7


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with x0 < x1 and y0 < y1, in user space units."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def intersection(self, other: "Box") -> "Box | None":
        return _box(
            max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1)
        )


@dataclass(frozen=True, slots=True)
class View:
    """How the page is seen: its size in points, and the matrix from seen coordinates to user space."""

    width: float
    height: float
    matrix: Matrix


def box_of(value: Object | None) -> Box | None:
    """The rectangle that an array states, its corners in any order; None if it states no area."""
    numbers = [number_of(element) for element in elements(value)]
    if len(numbers) != 4:
        return None
    a, b, c, d = numbers
    if a is None or b is None or c is None or d is None:
        return None
    return _box(min(a, c), min(b, d), max(a, c), max(b, d))


def number_of(value: object) -> float | None:
    """A PDF number, or None for anything else and for absurd sizes."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if abs(number) <= LARGEST else None


def media_box(page: Object) -> Box:
    return box_of(inherited(page, "/MediaBox")) or Box(*LETTER)


def visible_box(page: Object) -> Box:
    """The crop box as far as it lies on the medium (ISO 32000-1, 14.11.2)."""
    media = media_box(page)
    crop = box_of(inherited(page, "/CropBox"))
    return (crop.intersection(media) if crop else media) or media


def rotation(page: Object) -> int:
    """Degrees clockwise, one of 0, 90, 180 and 270; readers ignore anything else."""
    value = number_of(inherited(page, "/Rotate"))
    return int(value) % 360 if value is not None and value % 90 == 0 else 0


def view_of(page: Object) -> View:
    box = visible_box(page)
    unit = number_of(page.get("/UserUnit"))
    s = 1 / unit if unit is not None and unit > 0 else 1.0
    width, height = box.width / s, box.height / s
    match rotation(page):
        case 90:
            return View(height, width, (0, s, -s, 0, box.x1, box.y0))
        case 180:
            return View(width, height, (-s, 0, 0, -s, box.x1, box.y1))
        case 270:
            return View(height, width, (0, -s, s, 0, box.x0, box.y1))
        case _:
            return View(width, height, (s, 0, 0, s, box.x0, box.y0))


def _box(x0: float, y0: float, x1: float, y1: float) -> Box | None:
    return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
