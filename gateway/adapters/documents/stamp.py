"""Prints the mark (GUID, reception time, page n/N) in the side margin of every page of a PDF.

Works on a copy in memory and gives new octets, the same for the same input and mark, so that a retried
task yields the same digest. It decides nothing about what is stamped or when, and keeps no original.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

from pikepdf import PdfError, StreamDecodeLevel

from gateway.adapters.documents.page_mark import PageMarker
from gateway.adapters.documents.reading import open_pdf, pages_of
from gateway.adapters.documents.signatures import is_signed, remove_signatures
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.sandbox import MARK

SIGNATURE_NOTE = (
    "Copia sin firma electrónica: consérvese el original firmado / "
    "Copy without e-signature: the signed original is kept apart"
)


@dataclass(frozen=True, slots=True)
class StampMark:
    """What every page carries. `received_at` is aware; `verification` is the printed code, if any.

    A `test` says so on every page, in the margin and across its top.
    """

    guid: str
    received_at: datetime
    verification: str = ""
    test: bool = False

    def text(self, page: int, pages: int) -> str:
        received = self.received_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        parts = [self.guid, f"Recibido/Received {received}", self.verification, f"{page}/{pages}"]
        if self.test:
            parts.insert(0, MARK)
        return " · ".join(part for part in parts if part)


def stamp(pdf: bytes, mark: StampMark) -> bytes:
    """A copy of `pdf` with the mark along the left edge of every page as seen.

    Rotation, crop box and UserUnit are obeyed; page content that would displace the mark is isolated
    in a form of its own. A signed document loses its signatures in the copy, which says so on every
    page, because a broken signature would be worse than none; its caller keeps the original.
    Raises GatewayError: DOCUMENT_BROKEN, DOCUMENT_ENCRYPTED.
    """
    if mark.received_at.tzinfo is None:
        raise ValueError("the reception time must be aware")
    try:
        return _stamp(pdf, mark)
    except (PdfError, RuntimeError, ValueError, TypeError) as error:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "it cannot be stamped") from error


def _stamp(octets: bytes, mark: StampMark) -> bytes:
    with open_pdf(octets) as pdf:
        signed = is_signed(pdf)
        shown = remove_signatures(pdf) if signed else {}
        marker = PageMarker(pdf)
        pages = pages_of(pdf)
        for number, page in enumerate(pages):
            text = mark.text(number + 1, len(pages))
            line = f"{text} · {SIGNATURE_NOTE}" if signed else text
            marker.apply(page, line, shown.get(number, []), band=MARK if mark.test else "")
        target = io.BytesIO()
        # Streams are copied as they are: faster, and the issuer's octets stay inside the copy.
        pdf.save(
            target,
            fix_metadata_version=False,
            stream_decode_level=StreamDecodeLevel.none,
            compress_streams=False,
            deterministic_id=True,
        )
        return target.getvalue()
