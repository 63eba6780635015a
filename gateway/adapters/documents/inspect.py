"""Looks at a document before the gateway answers for it: is it whole, how long, is it signed?

It runs inside Submit, so the common case costs well under a millisecond. It never changes octets.
"""

from dataclasses import dataclass

from pikepdf import Pdf, PdfError, Stream

from gateway.adapters.documents.reading import dictionary, elements, inherited, open_pdf, pages_of
from gateway.adapters.documents.signatures import is_signed
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError

MAX_PAGES = 5_000
# ISO 32000-1, Annex H.3.4.4: readers look for the end mark in the last 1,024 octets.
END_MARK, END_WINDOW = b"%%EOF", 1024
LOST_PAGE = "Pages tree includes non-dictionary object"


@dataclass(frozen=True, slots=True)
class Inspection:
    """`pages` is None for anything but PDF; `signed` tells whether stamping needs a copy without
    signatures."""

    pages: int | None
    signed: bool


def inspect(octets: bytes, media_type: str, limit: int, max_pages: int = MAX_PAGES) -> Inspection:
    """Check one document of at most `limit` octets and, as PDF, of at most `max_pages` pages.

    A PDF that qpdf had to repair is accepted when every page and its content can be read: people do
    send such files, and all viewers open them. A file whose content is lost is refused.
    Raises GatewayError: DOCUMENT_TOO_LARGE, DOCUMENT_BROKEN (also for octets that are not what the
    media type says, and for no octets at all), DOCUMENT_ENCRYPTED.
    """
    if len(octets) > limit:
        raise GatewayError(ErrorKind.DOCUMENT_TOO_LARGE, f"the limit is {limit} octets")
    if not octets:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "it is empty")
    if not is_pdf(media_type):
        return Inspection(None, False)
    with open_pdf(octets) as pdf:
        count = len(pdf.pages)
        if count > max_pages:
            raise GatewayError(ErrorKind.DOCUMENT_TOO_LARGE, f"the limit is {max_pages} pages")
        if warnings := pdf.get_warnings():
            _require_whole(octets, warnings)
            _require_readable_pages(pdf)
        return Inspection(count, is_signed(pdf))


def is_pdf(media_type: str) -> bool:
    """Whether the media type is PDF's, parameters and case apart (RFC 9110, 8.3.1)."""
    return media_type.partition(";")[0].strip().lower() == PDF


def _require_whole(octets: bytes, warnings: list[str]) -> None:
    """A file that was cut off loses pages, or what they say, without a trace in what is left."""
    if END_MARK not in octets[-END_WINDOW:]:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "its end is missing")
    if any(LOST_PAGE in warning for warning in warnings):
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "a page is missing")


def _require_readable_pages(pdf: Pdf) -> None:
    try:
        for page in pages_of(pdf):
            if dictionary(page) is None or inherited(page, "/MediaBox") is None:
                raise ValueError("a page was lost")
            contents = page.get("/Contents")
            for stream in [contents] if isinstance(contents, Stream) else elements(contents):
                if not isinstance(stream, Stream):
                    raise ValueError("the content of a page was lost")
                stream.read_bytes()
    except (PdfError, RuntimeError, ValueError) as error:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "not all of its pages can be read") from error
