"""Print files as the courier gets them, read by tools that did not make them: pdfium and a barcode reader."""

from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from gateway.adapters.channels.postal.print_file import Origin, pages_of, print_file
from gateway.domain.delivery import Attachment, Channel, Message
from gateway.domain.errors import ErrorKind
from gateway.domain.letters import Letter, LetterKind, PostalAddress
from tests.house import refused
from tests.pdf_samples import plain

GUID, MARK = "001001-0001-000000000123456.par", "abcdefghijklmnopqrstuvwxyz234567"
MADRID = PostalAddress("Calle Mayor 1", "2.º B", "28013", "Madrid", "Madrid", "ES")
LYON = PostalAddress("12, rue de l'Église", "", "69001", "Lyon", "", "FR")
LONGEST = PostalAddress("W" * 46, "M" * 46, "28013", "M" * 30, "", "ES")
SPANISH = Letter(GUID, 0, LetterKind.BUROFAX, "es", "Banco", "ayuda@b.es", "María Pérez", "Luis Gil", MADRID)
MILLIMETRE = 72 / 25.4
# DIN 680: windows of C5/6 (114 by 229) and DL (110 by 220); size, and distance from left and bottom, in mm.
ENVELOPES = ((114, 229, 90, 45, 20, 15), (110, 220, 90, 35, 20, 15))
FOLDED_HIGH, FOLDED_WIDE = 105, 210


def printed(letter: Letter, *, text: str = "Le requerimos el pago.", files: int = 0) -> bytes:
    attachments = tuple(Attachment(f"{n}.pdf", "application/pdf", plain(2)) for n in range(files))
    other = (Attachment("audio.wav", "audio/wav", b"RIFF"),)
    message = Message("m", Channel.POSTAL, "", "Asunto", text, attachments=(*attachments, *other))
    return print_file(replace(message, mark=MARK, letter=letter), Origin())


def windows() -> Iterator[tuple[float, float, float, float]]:
    """What of the sheet shows (left, top, right, bottom) at each place that the folded sheet can take."""
    for high, wide, w_wide, w_high, left, bottom in ENVELOPES:
        top = high - bottom - w_high
        for aside in (0, wide - FOLDED_WIDE):
            for down in (0, high - FOLDED_HIGH):
                yield left - aside, top - down, left - aside + w_wide, top - down + w_high


def letters_of(octets: bytes) -> list[tuple[str, float, float]]:
    """Every visible character of the first page, with the middle of its box in mm from the upper left."""
    with pypdfium2.PdfDocument(octets) as document:
        page = document[0]
        text, high = page.get_textpage(), page.get_height()
        found = []
        for index in range(text.count_chars()):
            character = text.get_text_range(index, 1)
            if character.strip():
                left, low, right, top = text.get_charbox(index)
                place = ((left + right) / 2 / MILLIMETRE, (high - (low + top) / 2) / MILLIMETRE)
                found.append((character, *place))
        return found


@pytest.mark.parametrize("place", [MADRID, LYON, LONGEST], ids=["home", "abroad", "longest"])
def test_only_the_address_shows_in_the_window_and_all_of_it(place: PostalAddress) -> None:
    """However the folded sheet lies in a C5/6 or DL envelope, its window shows every letter of the address,
    and not one letter of anything else."""
    letter = replace(SPANISH, place=place)
    expected = sorted("".join(Origin().lines(letter)).replace(" ", ""))
    every = letters_of(printed(letter))
    for left, top, right, bottom in windows():
        seen = [each for each, x, y in every if left < x < right and top < y < bottom]
        assert sorted(seen) == expected


def test_guid_and_reference_are_read_by_a_scanner() -> None:
    """At 200 dots an inch, as sorting machines take pictures."""
    with pypdfium2.PdfDocument(printed(SPANISH)) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
    codes = {found.text for found in zxingcpp.read_barcodes(picture)}
    assert {GUID, MARK} <= codes


def test_abroad_it_is_international_and_names_the_country() -> None:
    """In capitals on the last line, in French as the Universal Postal Union has it; at home no country."""
    assert Origin().lines(replace(SPANISH, place=LYON))[-1] == "FRANCE"
    assert Origin(names="en").lines(replace(SPANISH, place=replace(LYON, country="DE")))[-1] == "GERMANY"
    assert Origin(names="fr").lines(replace(SPANISH, place=replace(LYON, country="DE")))[-1] == "ALLEMAGNE"
    assert Origin().lines(SPANISH)[-1] == "28013 Madrid"
    with pypdfium2.PdfDocument(printed(replace(SPANISH, place=LYON))) as document:
        words = document[0].get_textpage().get_text_range()
    assert "INTERNACIONAL - AVISO DE RECIBO (CN 07)" in words
    assert "AVIS DE R" in words


def test_documents_follow_the_sheet_and_the_same_letter_is_the_same_file() -> None:
    """What is no PDF cannot be printed and is left out; a long text goes on overleaf; octets repeat."""
    assert pages_of(printed(SPANISH)) == 1
    assert pages_of(printed(SPANISH, files=3)) == 7
    assert pages_of(printed(SPANISH, text="Una línea.\n" * 200)) > 3
    assert printed(SPANISH, files=2) == printed(SPANISH, files=2)
    nobody = Message("m", Channel.POSTAL, "", "Asunto", "Texto")
    refused(ErrorKind.ADDRESS_MISSING, print_file, nobody, Origin())


def test_a_link_to_answer_is_taken_with_a_camera() -> None:
    """A notice by letter bears its access link as a QR code, and in words."""
    link = "https://gateway.example/a/" + "x" * 43
    with pypdfium2.PdfDocument(printed(replace(SPANISH, link=link))) as document:
        picture = document[0].render(scale=200 / 72).to_pil()
        words = document[0].get_textpage().get_text_range().replace("\r\n", "")
    assert link in {found.text for found in zxingcpp.read_barcodes(picture)}
    assert link in words
