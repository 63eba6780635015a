"""A document composed from a template and data is a document like any other."""

import hashlib
import subprocess
from pathlib import Path

from gateway.domain.errors import ErrorKind
from tests.house import House, refused
from tests.orders import Paper, order

TEXT = "Estimada {{name}}:\n\nSu póliza {{policy}} vence el {{day}}.\n\nAtentamente."
DATA = (("name", "Ana <García> & Cía."), ("policy", "77-A"), ("day", "31/12/2027"))
LETTER = Paper(name="Carta.pdf", template=TEXT, data=DATA)


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "document.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(folder / "document.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_composed_stamped_and_signed(small_house: House, tmp_path: Path) -> None:
    """The composed PDF is the original: its digest is recorded, its copy bears text and GUID."""
    house = small_house
    guid = house.submit(order(papers=[LETTER])).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    [original], [copy] = house.documents(guid, "ORIGINAL"), house.documents(guid, "STAMPED")
    for pdf in (original, copy):
        text = text_of(pdf, tmp_path)
        assert "Ana <García> & Cía." in text
        assert "Su póliza 77-A vence el 31/12/2027." in text
        assert "{{" not in text
    assert guid in text_of(copy, tmp_path)
    facts = house.verified(house.evidence(guid)[0].octets).facts
    assert facts is not None
    assert facts.documents[0].original_sha256 == hashlib.sha256(original).digest()
    assert facts.documents[0].media_type == "application/pdf"


def test_a_field_without_data_is_refused(small_house: House) -> None:
    """A letter with a hole in it is never sent: the submission is refused."""
    paper = Paper(name="Carta.pdf", template=TEXT, data=DATA[:2])
    refused(ErrorKind.RULE_BROKEN, small_house.submit, order(papers=[paper]))
