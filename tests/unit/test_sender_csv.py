"""Recipients from CSV: what is read, what is refused and how that is told, what is written."""

import pytest

from gateway.domain.parties import IdentityType, NoticeMethod, PartyKind
from gateway.usecases.sender.people import BadField, addressee_of
from gateway.usecases.sender.people_csv import LARGEST, read, sample, written

HEAD = "nombre;apellidos;correo;teléfono;identificador\n"
ROW = "Ana;García Muñoz;ana@example.org;600 000 123;12345678z\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_list_is_read_in_every_usual_encoding(encoding: str, newline: str) -> None:
    """UTF-8 with and without mark, and what an old spreadsheet writes."""
    found = read((HEAD + ROW).replace("\n", newline).encode(encoding))
    assert found.errors == ()
    (addressee,) = found.addressees
    recipient = addressee.recipient
    assert (recipient.full_name, recipient.email) == ("Ana García Muñoz", "ana@example.org")
    assert recipient.phone == "+34600000123"
    assert recipient.identity is not None
    assert (recipient.identity.type, recipient.identity.value) == (IdentityType.DNI, "12345678Z")


def test_headers_in_english_and_commas() -> None:
    """Columns in any order, a company, a notice, quoted cells with a comma inside."""
    text = 'E-mail,Company,Notice,Identifier\n"a@b.example","Talleres, S.L.",both,B12345674\n'
    (addressee,) = read(text.encode()).addressees
    assert addressee.recipient.kind is PartyKind.COMPANY
    assert addressee.recipient.name == "Talleres, S.L."
    assert addressee.recipient.notice_method is NoticeMethod.EMAIL_AND_SMS


def test_columns_of_the_template_fill_its_fields() -> None:
    """Mail merge: each further column is a field, and only of this template."""
    octets = b"nombre;renta\nAna;750\n"
    (addressee,) = read(octets, ("renta",)).addressees
    assert addressee.data == (("renta", "750"),)
    (error,) = read(octets).errors
    assert (error.line, error.text.es) == (1, "no se conoce la columna «renta»")


@pytest.mark.parametrize(
    ("octets", "line", "words"),
    [
        (b"", 0, "vacío"),
        (b"nombre\n", 0, "no contiene"),
        (HEAD.encode("utf-16"), 0, "CSV UTF-8"),
        (b"nombre\n\x00\n", 0, "no es un CSV"),
        (b"nombre\n\x81\x8d\n", 0, "letras"),
        (b"PK\x03\x04\x00\x00", 0, "no es un CSV"),
        (b"correo\na@b.example\n", 1, "nombre"),
        (b"nombre;name\nA;B\n", 1, "lo mismo"),
        (b"nombre;\"correo\nAna;x\n", 0, "comillas"),
        (b"nombre\nAna;sobra\n", 2, "de más"),
        (b"nombre;correo\nAna;no-es-correo\n", 2, "correo"),
        (b"nombre;telefono\nAna;12\n", 2, "600 000 123"),
        (b"nombre;dni\nAna;12345678A\n", 2, "letra"),
        (b"nombre;dni\nAna;" + b"9" * 65 + b"\n", 2, "largo"),
        (b"nombre;aviso\nAna;paloma\n", 2, "sms"),
        (b"nombre;correo\n;a@b.example\n", 2, "nombre"),
        (b"nombre\n" + b"x" * 256 + b"\n", 2, "largo"),
        (b"x" * (LARGEST + 1), 0, "8 MB"),
        (b"nombre\n" + b"A\n" * 10_001, 10_002, "10000"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line(octets: bytes, line: int, words: str) -> None:
    """Nothing is taken of a list with an error, and each says where and what, in both languages."""
    found = read(octets)
    assert found.addressees == ()
    error = found.errors[0]
    if line:
        assert error.line == line
    assert words in error.text.es
    assert error.text.en


def test_every_bad_row_is_named() -> None:
    """Up to fifty of them, so that a list is mended in one go."""
    found = read(b"nombre;correo\n" + b"Ana;mal\n" * 80)
    assert [error.line for error in found.errors] == list(range(2, 52))


def test_ten_thousand_rows_are_taken() -> None:
    """The limit itself is no error."""
    assert len(read(b"nombre\n" + b"Ana\n" * 10_000).addressees) == 10_000


def test_no_cell_that_is_written_is_a_formula() -> None:
    """What a spreadsheet would calculate is text, and comes back as it was."""
    octets = written([("nombre", "telefono"), ("=1+1", "+34600000123"), ("@x", "-1"), ("\tx", "a")])
    text = octets.decode("utf-8-sig")
    for cell in text.replace("\r\n", ";").split(";"):
        assert not cell.startswith(("=", "+", "-", "@", "\t"))
    (first,) = read(written([("nombre", "telefono"), ("=1+1", "+34600000123")])).addressees
    assert (first.recipient.name, first.recipient.phone) == ("=1+1", "+34600000123")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_sample_reads_back(language: str) -> None:
    """What can be downloaded can be uploaded."""
    found = read(sample(language, ("renta",)), ("renta",))
    assert found.errors == ()
    assert len(found.addressees) == 2


@pytest.mark.parametrize("bad", ["a\u202eb", "a\x07b", "a\ud800b", "a\ufffeb"])
def test_what_cannot_be_kept_or_turns_the_text_is_refused(bad: str) -> None:
    """Controls, lone surrogates and marks that turn the direction of what is shown."""
    with pytest.raises(BadField) as caught:
        addressee_of({"name": bad})
    assert caught.value.field == "name"
