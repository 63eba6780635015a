"""Opens PDF octets with pikepdf and translates every failure to the catalogue of refusals.

It reads and judges; it changes no document. What a page looks like belongs to `page_geometry`.
"""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, PasswordError, Pdf, PdfError

from gateway.domain.errors import ErrorKind, GatewayError

# ISO 32000-1, Annex H.3.4.1: readers look for the header in the first 1,024 bytes only.
HEADER_WINDOW = 1024
# Deeper trees come from cycles or attacks; qpdf itself stops at 499 nested objects.
MAX_DEPTH = 64


def open_pdf(octets: bytes) -> Pdf:
    """Open a PDF that is neither broken nor encrypted and has at least one page.

    Raises GatewayError: DOCUMENT_ENCRYPTED (also with an empty user password: the file could be read,
    but its owner has forbidden to change it, and so to stamp it), DOCUMENT_BROKEN.
    """
    if b"%PDF-" not in octets[:HEADER_WINDOW]:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "not a PDF")
    pdf = _open(octets)
    try:
        _check(pdf)
    except BaseException:
        pdf.close()
        raise
    return pdf


def guard_against_bombs(decoded_limit: int) -> None:
    """Bound what qpdf may inflate from one stream, in octets, for the whole process.

    qpdf keeps this limit globally and unsynchronised: call it once at start, before any thread opens
    a document. Releases of pikepdf without such limits are left as they are.
    """
    setter = getattr(pikepdf.settings, "set_qpdf_limits", None)
    if setter is not None:
        setter(flate_max_memory=decoded_limit, run_length_max_memory=decoded_limit)


def inherited(page: Object, key: str) -> Object | None:
    """A page attribute, looked for up the page tree (ISO 32000-1, 7.7.3.4)."""
    node: Object | None = page
    for _ in range(MAX_DEPTH):
        if not isinstance(node, Dictionary):
            return None
        value = node.get(key)
        if value is not None:
            return value
        node = node.get("/Parent")
    return None


def pages_of(pdf: Pdf) -> list[Object]:
    """The page dictionaries in order; a page that stands twice in the tree is given twice, as copies."""
    return [page.obj for page in pdf.pages]


def dictionary(value: object) -> Dictionary | None:
    """The value as a dictionary, or None when the file has something else in its place."""
    return value if isinstance(value, Dictionary) else None


def elements(value: object) -> list[Object]:
    """The elements of an array; none when the file has something else in its place."""
    return list(value) if isinstance(value, Array) else []


def _open(octets: bytes) -> Pdf:
    try:
        return Pdf.open(io.BytesIO(octets))
    except PasswordError as error:
        raise GatewayError(ErrorKind.DOCUMENT_ENCRYPTED) from error
    except (PdfError, RuntimeError, ValueError) as error:
        # A security handler that qpdf does not know (public key, for instance) is no PasswordError.
        encrypted = "encrypt" in str(error).lower()
        kind = ErrorKind.DOCUMENT_ENCRYPTED if encrypted else ErrorKind.DOCUMENT_BROKEN
        raise GatewayError(kind) from error


def _check(pdf: Pdf) -> None:
    if pdf.is_encrypted:
        raise GatewayError(ErrorKind.DOCUMENT_ENCRYPTED)
    try:
        count = len(pdf.pages)
        dynamic = bool(pdf.Root.get(Name.NeedsRendering, False))
    except (PdfError, RuntimeError, ValueError, AttributeError, KeyError) as error:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "its pages cannot be reached") from error
    if not count:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "it has no pages")
    if dynamic:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "a dynamic XFA form has no pages of its own")
