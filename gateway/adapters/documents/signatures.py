"""Finds the electronic signatures of a PDF and takes them out of a copy that must change.

A stamped copy cannot keep the signature: its bytes are no longer those that were signed. So that the
copy never looks signed and broken, the signature values, permissions and validation data go, and what
the signature showed on the page is kept as plain drawing, for the caller to caption. The original is
never touched here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from gateway.adapters.documents.page_geometry import Box, Matrix, box_of, number_of
from gateway.adapters.documents.reading import MAX_DEPTH, dictionary, elements, pages_of

HIDDEN_FLAGS = 0b10_0010  # Hidden and NoView: ISO 32000-1, table 165.
IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a removed signature showed: its form XObject and where on the page (user space)."""

    form: Stream
    box: Box


def is_signed(pdf: Pdf) -> bool:
    """Whether any signature, document time-stamp or usage right stands in the file."""
    return dictionary(pdf.Root.get("/Perms")) is not None or next(_signed_fields(pdf), None) is not None


def remove_signatures(pdf: Pdf) -> dict[int, list[Appearance]]:
    """Take every signature out of `pdf`; gives what they showed, by 0-based page.

    Empty signature fields stay: somebody may still sign the copy.
    """
    signed = {field.objgen for field in _signed_fields(pdf) if field.is_indirect}
    shown = {number: _detach_widgets(page, signed) for number, page in enumerate(pages_of(pdf))}
    form = dictionary(pdf.Root.get("/AcroForm"))
    if form is not None:
        _prune(form, "/Fields", signed, 0)
        # SigFlags says that signatures exist and that only appending is allowed: no longer true.
        for key in ("/SigFlags", "/XFA"):
            _drop(form, key)
    for key in ("/Perms", "/DSS"):
        _drop(pdf.Root, key)
    return {number: found for number, found in shown.items() if found}


def placement(shown: Appearance) -> Matrix | None:
    """The matrix that puts an appearance into its box (ISO 32000-1, 12.5.5, algorithm 8.1), which a
    reader did while it was an annotation; None if the appearance has no area."""
    bounds = box_of(shown.form.get("/BBox"))
    source = _transformed(bounds, _matrix_of(shown.form)) if bounds else None
    if source is None:
        return None
    x, y = shown.box.width / source.width, shown.box.height / source.height
    return (x, 0.0, 0.0, y, shown.box.x0 - source.x0 * x, shown.box.y0 - source.y0 * y)


def _matrix_of(form: Stream) -> Matrix:
    stated = [number_of(element) for element in elements(form.get("/Matrix"))]
    a, b, c, d, e, f = (
        [number or 0.0 for number in stated] if len(stated) == 6 and None not in stated else IDENTITY
    )
    return (a, b, c, d, e, f)


def _transformed(box: Box, matrix: Matrix) -> Box | None:
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys)) if min(xs) < max(xs) and min(ys) < max(ys) else None


def _signed_fields(pdf: Pdf) -> Iterator[Object]:
    form = dictionary(pdf.Root.get("/AcroForm"))
    if form is None:
        return
    seen: set[tuple[int, int]] = set()
    queue: list[tuple[Object, Object | None, Object | None, int]] = [
        (field, None, None, 0) for field in elements(form.get("/Fields"))
    ]
    while queue:
        field, kind, value, depth = queue.pop()
        if dictionary(field) is None or field.objgen in seen or depth > MAX_DEPTH:
            continue
        if field.is_indirect:
            seen.add(field.objgen)
        kind, value = field.get("/FT", kind), field.get("/V", value)
        if kind == Name.Sig and value is not None:
            yield field
        queue += [(kid, kind, value, depth + 1) for kid in elements(field.get("/Kids"))]


def _detach_widgets(page: Object, signed: set[tuple[int, int]]) -> list[Appearance]:
    annotations = elements(page.get("/Annots"))
    gone = [item for item in annotations if _belongs(item, signed)]
    if gone:
        page.Annots = Array([item for item in annotations if not _belongs(item, signed)])
    return [found for item in gone if (found := _appearance(item)) is not None]


def _belongs(annotation: Object, signed: set[tuple[int, int]]) -> bool:
    node: Object | None = annotation
    for _ in range(MAX_DEPTH):
        if not isinstance(node, Dictionary):
            return False
        if node.is_indirect and node.objgen in signed:
            return True
        # A signature value outside the form's tree is still one that a reader may find.
        if node.get("/FT") == Name.Sig and node.get("/V") is not None:
            return True
        node = node.get("/Parent")
    return False


def _appearance(widget: Object) -> Appearance | None:
    flags = widget.get("/F", 0)
    appearances = dictionary(widget.get("/AP"))
    form = appearances.get("/N") if appearances is not None else None
    box = box_of(widget.get("/Rect"))
    hidden = isinstance(flags, int) and flags & HIDDEN_FLAGS
    if hidden or box is None or not isinstance(form, Stream):
        return None
    return Appearance(form, box)


def _prune(holder: Object, key: str, signed: set[tuple[int, int]], depth: int) -> None:
    """Drop the signed fields below `holder`, and the branches that held nothing else."""
    kept = []
    for field in elements(holder.get(key)):
        if dictionary(field) is None or _belongs(field, signed):
            continue
        if depth < MAX_DEPTH and elements(field.get("/Kids")):
            _prune(field, "/Kids", signed, depth + 1)
            if not elements(field.get("/Kids")):
                continue
        kept.append(field)
    holder[key] = Array(kept)


def _drop(holder: Object, key: str) -> None:
    if key in holder:
        del holder[key]
