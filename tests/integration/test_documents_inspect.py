"""What the gateway finds out about a document before it answers for it."""

import time

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from gateway.adapters.documents.inspect import Inspection, inspect
from gateway.domain.errors import ErrorKind, GatewayError
from tests import pdf_samples

PDF = "application/pdf"
LIMIT = 1_000_000


def refusal(octets: bytes, media_type: str = PDF, limit: int = LIMIT, max_pages: int = 5_000) -> ErrorKind:
    with pytest.raises(GatewayError) as caught:
        inspect(octets, media_type, limit, max_pages)
    return caught.value.kind


def test_counts_the_pages_of_a_plain_pdf() -> None:
    """Pages are counted and no signature is imagined."""
    assert inspect(pdf_samples.plain(3), PDF, LIMIT) == Inspection(3, False)


@pytest.mark.parametrize("media_type", ["APPLICATION/PDF", "application/pdf; version=1.7"])
def test_knows_the_media_type_in_any_spelling(media_type: str) -> None:
    """Case and parameters of the media type do not change what the document is."""
    assert inspect(pdf_samples.plain(2), media_type, LIMIT).pages == 2


@pytest.mark.parametrize("certify", [False, True])
def test_sees_signatures(certify: bool) -> None:
    """An approval signature and a certification are both signatures."""
    assert inspect(pdf_samples.signed(certify=certify), PDF, LIMIT) == Inspection(2, True)


def test_an_empty_signature_field_is_no_signature() -> None:
    """A field that waits to be signed leaves the document unsigned."""
    pdf = Pdf.new()
    pdf_samples.add_page(pdf)
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="Firma"))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    assert inspect(pdf_samples.saved(pdf), PDF, LIMIT) == Inspection(1, False)


@pytest.mark.parametrize("user", ["", "secret"])
def test_refuses_encryption(user: str) -> None:
    """Encryption is refused, also when the empty password opens the file."""
    assert refusal(pdf_samples.encrypted(user)) is ErrorKind.DOCUMENT_ENCRYPTED


def test_refuses_a_security_handler_that_nobody_here_knows() -> None:
    """A file encrypted for certificates is called encrypted, not broken."""
    octets = pdf_samples.plain().replace(
        b"trailer <<", b"trailer << /Encrypt << /Filter /Adobe.PubSec /V 4 /SubFilter /adbe.pkcs7.s5 >>"
    )
    assert b"PubSec" in octets
    assert refusal(octets) is ErrorKind.DOCUMENT_ENCRYPTED


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<html>not a pdf</html>",
        b"%PDF-1.7\nnothing else",
        b"x" * 2000 + b"%PDF-1.7",
        pdf_samples.plain()[:300],
        pdf_samples.without_pages(),
    ],
    ids=["empty", "html", "header only", "late header", "cut", "no pages"],
)
def test_refuses_what_cannot_be_opened(octets: bytes) -> None:
    """Octets that are not a whole PDF are refused as broken before any GUID exists."""
    assert refusal(octets) is ErrorKind.DOCUMENT_BROKEN


def test_accepts_a_repaired_file_with_all_its_pages() -> None:
    """A broken cross-reference table alone is no reason to refuse: all the pages are there."""
    assert inspect(pdf_samples.damaged_table(pdf_samples.plain(2)), PDF, LIMIT).pages == 2


def test_refuses_a_repaired_file_whose_content_is_lost() -> None:
    """Repair that cannot bring the content back is refused."""
    pdf = Pdf.new()
    page = pdf_samples.add_page(pdf)
    page.Contents = Array([page.Contents, 17])
    assert refusal(pdf_samples.damaged_table(pdf_samples.saved(pdf))) is ErrorKind.DOCUMENT_BROKEN


def test_refuses_a_dynamic_form() -> None:
    """A dynamic XFA form shows pages that are not in the file, so it cannot be stamped."""
    pdf = Pdf.new()
    pdf_samples.add_page(pdf)
    pdf.Root.NeedsRendering = True
    assert refusal(pdf_samples.saved(pdf)) is ErrorKind.DOCUMENT_BROKEN


def test_refuses_size_and_pages_over_the_limit() -> None:
    """Both limits are refused by the same kind; at the limit it is accepted."""
    octets = pdf_samples.plain(3)
    assert refusal(octets, limit=len(octets) - 1) is ErrorKind.DOCUMENT_TOO_LARGE
    assert refusal(octets, max_pages=2) is ErrorKind.DOCUMENT_TOO_LARGE
    assert inspect(octets, PDF, len(octets), 3).pages == 3


def test_other_media_types_are_taken_as_they_are() -> None:
    """Anything but PDF has only its size checked."""
    assert inspect(b"\x89PNG", "image/png", 4) == Inspection(None, False)
    assert refusal(b"\x89PNG", "image/png", 3) is ErrorKind.DOCUMENT_TOO_LARGE
    assert refusal(b"", "image/png") is ErrorKind.DOCUMENT_BROKEN


def test_is_fast_enough_for_the_door() -> None:
    """A 50 KB PDF costs Submit little; the bound is wide because machines are shared."""
    octets = pdf_samples.plain(2, content=b"% " + bytes(range(97, 122)) * 1000 + b"\n" + pdf_samples.TEXT)
    started = time.perf_counter()
    for _ in range(50):
        inspect(octets, PDF, LIMIT)
    assert (time.perf_counter() - started) / 50 < 0.01
