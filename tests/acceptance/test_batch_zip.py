"""A ZIP of a batch and its documents: read strictly, and what is signed covers every octet that is used."""

import hashlib
import io
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from gateway.domain.batch import BatchStatus
from tests.batch_house import answers, batch_house, bring, worked
from tests.batch_samples import TRANSACTION, batch_xml, orders, signed
from tests.house import BANK, House
from tests.orders import order
from tests.pdf_samples import plain

PDF = plain()
T = f"{{{TRANSACTION}}}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = batch_house(tmp_path)
    yield made
    made.close()


def naming(file: str, octets: bytes = PDF, external_id: str = "", *, digest: bool = True) -> bytes:
    """A transaction whose document is a file beside it."""
    root = etree.fromstring(order(external_id=external_id))
    document = root.find(f"{T}documents/{T}document")
    assert document is not None
    for content in document.findall(f"{T}content"):
        document.remove(content)
    attachment = etree.SubElement(document, f"{T}attachment")
    etree.SubElement(attachment, f"{T}href").text = f"cid:{file}"
    if digest:
        etree.SubElement(attachment, f"{T}sha256").text = hashlib.sha256(octets).hexdigest()
    return etree.tostring(root)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return written.getvalue()


def test_documents_come_beside_the_batch(house: House) -> None:
    """Documents are taken from the ZIP, for everybody who names them; the signed XML covers them."""
    items = [naming("docs/uno.pdf", external_id="a"), naming("docs/uno.pdf", external_id="b")]
    items += [naming("con%20espacio.pdf", external_id="c"), *orders(1)]
    files = {"batch.xml": signed(batch_xml(items)), "docs/uno.pdf": PDF, "con espacio.pdf": PDF}
    batch = bring(house, zipped(files), covered=False)
    view = worked(house, batch)
    assert (view.batch.status, view.counts.accepted) == (BatchStatus.FINISHED, 4)
    guid = house.system.batches.report(BANK, batch.id).items[2].guid
    assert house.documents(guid, "ORIGINAL") == [PDF]


def test_bad_documents_refuse_their_items_alone(house: House) -> None:
    """A missing file, other octets than stated, no digest, no PDF: each refuses the item that names it."""
    items = [
        naming("missing.pdf", external_id="a"),
        naming("other.pdf", b"something else", external_id="b"),
        naming("other.pdf", external_id="c", digest=False),
        naming("broken.pdf", b"no pdf", external_id="d"),
        naming("batch.xml", external_id="e"),
        naming("other.pdf", external_id="f"),
    ]
    files = {"batch.xml": batch_xml(items), "other.pdf": PDF, "broken.pdf": b"no pdf"}
    batch = bring(house, zipped(files))
    worked(house, batch)
    codes = [code for _, code in answers(house, batch)]
    assert codes == ["E000513", "E000505", "E000501", "E000502", "E000513", ""]


def test_attachments_need_a_zip(house: House) -> None:
    """An item of a plain XML names a file that cannot have come."""
    batch = bring(house, batch_xml([naming("uno.pdf")]))
    worked(house, batch)
    assert answers(house, batch) == [(1, "E000513")]


XML = batch_xml([naming("uno.pdf")])
GOOD = zipped({"batch.xml": XML, "uno.pdf": PDF})


def _encrypted() -> bytes:
    octets = bytearray(GOOD)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = octets.index(signature) + place
        octets[at] |= 1
    return bytes(octets)


def _duplicate() -> bytes:
    return zipped({"batch.xml": XML, "uno.pdf": PDF, "dos.pdf": PDF}).replace(b"dos.pdf", b"uno.pdf")


def _lying() -> bytes:
    """The directory states another size than the local header."""
    octets = bytearray(GOOD)
    at = octets.index(b"PK\x01\x02") + 24
    octets[at : at + 4] = struct.pack("<I", struct.unpack("<I", octets[at : at + 4])[0] + 1)
    return bytes(octets)


HOSTILE = {
    "unreferenced": zipped({"batch.xml": XML, "uno.pdf": PDF, "dos.pdf": PDF}),
    "no batch": zipped({"lote.xml": XML, "uno.pdf": PDF}),
    "nested": zipped({"batch.xml": XML, "uno.pdf": PDF, "more.zip": GOOD}),
    "climbing": zipped({"batch.xml": XML, "../uno.pdf": PDF}),
    "absolute": zipped({"batch.xml": XML, "/uno.pdf": PDF}),
    "alias": zipped({"batch.xml": XML, "uno.pdf": PDF, "UNO.pdf": PDF}),
    "bomb": zipped({"batch.xml": XML, "uno.pdf": bytes(300_000_000)}),
    "many": zipped(
        {"batch.xml": XML} | {f"{number}.pdf": b"" for number in range(20_001)}, zipfile.ZIP_STORED
    ),
    "encrypted": _encrypted(),
    "duplicate": _duplicate(),
    "lying": _lying(),
    "tail": GOOD + b"x",
    "head": b"PK\x03\x04" + GOOD,
    "cut": GOOD[:-30],
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_archive_is_refused(house: House, name: str) -> None:
    """Whatever two readers could read differently, and whatever explodes, refuses the whole batch."""
    batch = bring(house, HOSTILE[name])
    view = worked(house, batch)
    assert (view.batch.status, view.batch.code) == (BatchStatus.REFUSED, "E000514")
    assert [path.name for path in house.settings.vault.spool.iterdir()] == [batch.id]


def test_good_archive_is_good(house: House) -> None:
    """What the hostile ones were made of is taken."""
    batch = bring(house, GOOD)
    assert worked(house, batch).counts.accepted == 1
