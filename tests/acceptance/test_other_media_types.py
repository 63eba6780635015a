"""Documents that are not PDF: kept as they are, and bound to the transaction by a stamped cover sheet."""

import hashlib
import subprocess
from pathlib import Path

from tests.house import House
from tests.orders import Paper, order
from tests.pdf_samples import plain

NOTE = Paper("Anexo con eñe y €.".encode(), "anexo.txt", "text/plain")
PICTURE = Paper(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "plano.png", "image/png")


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "document.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(folder / "document.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_cover_sheet_names_what_it_binds(small_house: House, tmp_path: Path) -> None:
    """Name, media type, size, digest and GUID stand on the sheet, which is what the recipient reads."""
    house = small_house
    papers = [NOTE, Paper(plain()), PICTURE]
    guid = house.submit(order(papers=papers)).guid
    house.drain()
    guest = house.guest(guid)
    guest.decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    sheets = house.documents(guid, "STAMPED")
    for paper, sheet in ((NOTE, sheets[0]), (PICTURE, sheets[2])):
        text = text_of(sheet, tmp_path)
        solid = "".join(text.split())
        assert guid in solid
        assert paper.name in text
        assert paper.media_type in text
        assert str(len(paper.octets)) in text
        assert hashlib.sha256(paper.octets).hexdigest() in solid.lower()


def test_the_original_stays_as_it_was(small_house: House) -> None:
    """The issuer gets back the very octets; the evidence states their digest and media type."""
    house = small_house
    guid = house.submit(order(papers=[NOTE])).guid
    house.drain()
    assert house.documents(guid, "ORIGINAL") == [NOTE.octets]
    facts = house.verified(house.evidence(guid)[0].octets).facts
    assert facts is not None
    [document] = facts.documents
    assert document.original_sha256 == hashlib.sha256(NOTE.octets).digest()
    assert (document.name, document.media_type) == (NOTE.name, NOTE.media_type)
    assert document.size == len(NOTE.octets)


def test_the_portal_hands_over_the_sheet(small_house: House) -> None:
    """What the recipient downloads is a PDF, and the timeline keeps its digest."""
    house = small_house
    guid = house.submit(order(papers=[NOTE])).guid
    house.drain()
    guest = house.guest(guid)
    house.system.consult.accept_conditions(guest.enter())
    file = house.system.consult.read_document(guest.session, 0)
    assert file.media_type == "application/pdf"
    assert file.octets == house.documents(guid, "STAMPED")[0]
    assert ("sha256", hashlib.sha256(file.octets).hexdigest()) in house.events(guid)[-1].details
