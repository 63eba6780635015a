"""A PDF that a recipient signed, against the copy that we gave: our octets, one signature, nothing else.

That the signature holds is judged elsewhere; here it is told what was done to the document besides.
"""

import io

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel

from gateway.adapters.validation.first_signature import POLICY
from gateway.adapters.validation.pdf_reading import BROKEN, PdfFile, PdfSignature
from gateway.adapters.validation.verdict import Refusal
from gateway.domain.errors import ErrorKind, GatewayError

# A visible signature is the signer's own mark and not the document: so much of its page, at most.
LARGEST_MARK = 0.2
PAGE_TREE_DEPTH = 50


def only_signature(copy: bytes, signed: bytes) -> PdfSignature:
    """The one signature that was added. Raises GatewayError SIGNED_FILE_UNREADABLE, SIGNED_FILE_DIFFERS."""
    if not signed.startswith(copy):
        raise _differs("it does not begin with the octets that were given")
    try:
        return _checked(copy, signed)
    except (Refusal, *BROKEN) as error:
        if isinstance(error, GatewayError):
            raise
        raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE) from error


def _checked(copy: bytes, signed: bytes) -> PdfSignature:
    before, after = PdfFile(copy), PdfFile(signed)
    earlier = {each.name for each in before.signatures()}
    added = [each for each in after.signatures() if each.name not in earlier]
    if len(added) != 1 or added[0].is_stamp:
        raise _differs("there is not exactly one new signature in it")
    [signature] = added
    # Counted on the whole file: the covered octets, and the value that stands between them.
    if not signature.whole or signature.revision != after.revisions - 1:
        raise _differs("the signature does not cover the entire file")
    _nothing_else(signed, before.revisions, signature.name)
    return signature


def _nothing_else(signed: bytes, revisions: int, field: str) -> None:
    """Between our last revision and the signed one only the signature's own field came."""
    reader = PdfFileReader(io.BytesIO(signed))
    result = POLICY.review_file(reader, revisions - 1)
    harmless = isinstance(result, DiffResult) and result.modification_level <= ModificationLevel.FORM_FILLING
    if not isinstance(result, DiffResult) or not harmless or result.changed_form_fields - {field}:
        raise _differs("more than a signature was added")
    _small_mark(reader, field)


def _small_mark(reader: PdfFileReader, field: str) -> None:
    """What can be seen of a signature, in all its widgets, must not hide what was signed."""
    shown = 0.0
    embedded = next(each for each in reader.embedded_signatures if each.field_name == field)
    for widget in (embedded.sig_field, *embedded.sig_field.get("/Kids", ())):
        corners = [float(each) for each in widget.get_object().get("/Rect", (0, 0, 0, 0))]
        left, bottom, right, top = corners
        shown += abs((right - left) * (top - bottom))
    if shown > LARGEST_MARK * _least_page(reader):
        raise _differs("the visible mark of the signature is too large")


def _least_page(reader: PdfFileReader) -> float:
    """The area of the smallest page, in square points."""
    areas = [_area(node) for node in _boxes(reader.root["/Pages"], PAGE_TREE_DEPTH)]
    return min(areas, default=0.0)


def _boxes(node: object, depth: int) -> list[list[float]]:
    if depth == 0:
        return []
    found = []
    box = node.get("/MediaBox")  # type: ignore[attr-defined]
    if box is not None:
        found.append([float(each) for each in box])
    for kid in node.get("/Kids", ()):  # type: ignore[attr-defined]
        found += _boxes(kid.get_object(), depth - 1)
    return found


def _area(box: list[float]) -> float:
    left, bottom, right, top = box
    return abs((right - left) * (top - bottom))


def _differs(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNED_FILE_DIFFERS, why)
