"""Names in a pack: whatever issuers call their documents, what comes out is safe and unique."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.pack import NAME, PackEntry, checked, original_name, stamped_name
from gateway.domain.record import DocumentRecord

DOCUMENT = DocumentRecord("g", 0, "d1", "contrato.pdf", "application/pdf", 1, b"\x01" * 32)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("contrato.pdf", "original/01-contrato.pdf"),
        ("Contrato de Núñez (2ª).PDF", "original/01-Contrato_de_Nunez_2a.pdf"),
        ("../../etc/passwd", "original/01-etc_passwd"),
        ("C:\\temp\\nul.txt", "original/01-C_temp_nul.txt"),
        (".hidden", "original/01-document.hidden"),
        ("..", "original/01-document"),
        ("", "original/01-document"),
        ("合同.pdf", "original/01-document.pdf"),
        ("a" * 300 + ".pdf", f"original/01-{'a' * 60}.pdf"),
        ("factura.2026.11", "original/01-factura.2026.11"),
        ("a\u202egnp.exe", "original/01-a_gnp.exe"),
        ("a\nb.txt", "original/01-a_b.txt"),
    ],
)
def test_names_are_made_safe(name: str, expected: str) -> None:
    """No folder, no escape, no control, nothing hidden; what remains can still be recognised."""
    assert original_name(replace(DOCUMENT, name=name)) == expected


@given(st.text(max_size=200), st.integers(0, 98))
def test_any_name_becomes_a_safe_one(name: str, position: int) -> None:
    """Whatever the text, both names are ones that a pack accepts."""
    document = replace(DOCUMENT, name=name, position=position, media_type="text/plain")
    for made in (original_name(document), stamped_name(document)):
        assert NAME.fullmatch(made)
        assert ".." not in made


def test_two_documents_of_one_name_are_told_apart() -> None:
    """Their positions stand in their names."""
    twins = [replace(DOCUMENT, position=position) for position in (0, 1)]
    assert len({original_name(each) for each in twins} | {stamped_name(each) for each in twins}) == 4


def test_cover_sheets_are_named_as_what_they_are() -> None:
    """The stamped copy of what is no PDF is a PDF that keeps the other name in its own."""
    assert stamped_name(DOCUMENT) == "stamped/01-contrato.pdf"
    assert (
        stamped_name(replace(DOCUMENT, name="foto.jpg", media_type="image/jpeg")) == "stamped/01-foto.jpg.pdf"
    )


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../a", "a b", "a/b/c", "META-INF/manifest.xml", "mimetype/", ".a", "á"]
)
def test_an_unsafe_name_never_gets_into_a_pack(name: str) -> None:
    """The list is checked again as a whole before anything is sealed."""
    with pytest.raises(GatewayError) as caught:
        checked([PackEntry(name, "text/plain", bytes(32))])
    assert caught.value.kind is ErrorKind.INTERNAL


def test_one_name_stands_once() -> None:
    """Also where a file system does not tell capitals apart."""
    with pytest.raises(GatewayError, match="one name"):
        checked([PackEntry(name, "text/plain", bytes(32)) for name in ("original/A", "original/a")])
