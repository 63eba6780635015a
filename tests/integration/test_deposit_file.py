"""The deposit file as the notary gets it: judged by tools that are not ours, read by people on one page."""

import io
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from lxml import etree

from gateway.adapters.documents import deposit_pdf, deposit_xml
from gateway.adapters.xml import schemas
from gateway.domain.audit import AuditHead
from gateway.domain.deposit import DepositFacts, header_document
from gateway.domain.errors import ErrorKind
from tests.house import House, refused
from tests.public_tools import openssl_ts, run, xmlsec1

DEP = "{urn:fehaciente:deposit:1.0}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One with two deposits, so that the second is chained and names an audit head."""
    house = House(tmp_path_factory.mktemp("deposit-file"))
    for _ in range(2):
        house.submit()
        house.drain()
        assert house.system.deposits.make.at_once()
        house.clock.advance(timedelta(hours=1))
    yield house
    house.close()


def facts(house: House) -> DepositFacts:
    second = house.system.deposits.send.all()[1][0]
    return house.system.deposits.make.facts(second)


def test_xmlsec1_accepts_the_signature(house: House, tmp_path: Path) -> None:
    """A tool from elsewhere agrees with the signature of the sealed file."""
    file = tmp_path / "deposit.xml"
    file.write_bytes(house.system.deposits.send.files(2)["deposit-000002.xml"])
    xmlsec1(file, house.settings.pki.anchors)


def test_openssl_accepts_the_roots_time_stamp(house: House, tmp_path: Path) -> None:
    """The token in the file is over the root that the file states, by an authority under the root."""
    root = etree.fromstring(house.system.deposits.send.files(2)["deposit-000002.xml"])
    token = b64decode(root.findtext(f"{DEP}time_stamp/{DEP}token") or "")
    stated = bytes.fromhex(root.findtext(f"{DEP}root") or "")
    openssl_ts(token, stated, house.settings.pki.anchors, tmp_path)


def test_what_is_written_reads_back_the_same(house: House) -> None:
    """Facts, chain and audit heads survive the file; the header text is made anew from them."""
    written = facts(house)
    assert written.previous_sha256 is not None
    assert written.heads
    octets = deposit_xml.render(written)
    assert octets == deposit_xml.render(written)
    assert deposit_xml.read(etree.fromstring(octets)) == written


def test_a_file_with_too_many_leaves_lists_none(house: House) -> None:
    """Beyond the bound there are only root and count, and the file is still valid by its schema."""
    make = replace(house.system.deposits.make, most_listed=0)
    second = house.system.deposits.send.all()[1][0]
    root = etree.fromstring(deposit_xml.render(make.facts(second)))
    schemas.validate(root, "deposit")
    assert root.find(f"{DEP}listed") is None
    assert deposit_xml.read(root).leaves == 2


def test_other_documents_are_no_deposit_files() -> None:
    """Reading is by the schema: anything else is refused."""
    refused(ErrorKind.SCHEMA_INVALID, deposit_xml.read, etree.fromstring(b"<Deposit/>"))


def test_the_notarys_page_says_it_in_both_languages(house: House, tmp_path: Path) -> None:
    """One page with number, period, root, count and digest of the file, and room for the protocol number."""
    written, sha256 = facts(house), b"\x0f" * 32
    octets = deposit_pdf.draw(written, sha256, "Fehaciente <S.L.> & Cía")
    assert octets == deposit_pdf.draw(written, sha256, "Fehaciente <S.L.> & Cía")
    file = tmp_path / "page.pdf"
    file.write_bytes(octets)
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 1
    text = run("pdftotext", "-layout", file, "-")
    assert written.previous_sha256
    expected = (written.root.hex(), sha256.hex(), written.previous_sha256.hex(), "000001-000002")
    assert all(each in text for each in expected)
    assert "Número de protocolo / Protocol number" in text
    assert "Fehaciente <S.L.> & Cía" in text


def test_a_long_name_does_not_make_a_second_page(house: House) -> None:
    """Whatever the authority calls itself, the notary gets one page."""
    written = replace(facts(house), authority="CN=" + "W" * 5000)
    with pikepdf.open(io.BytesIO(deposit_pdf.draw(written, b"\x0f" * 32, "X" * 5000))) as pdf:
        assert len(pdf.pages) == 1


def test_the_header_names_every_nodes_audit_head(house: House) -> None:
    """The text that is hashed into the tree is what it says it is, line by line."""
    written = facts(house)
    heads = (AuditHead("node-1", 7, b"\x01" * 32), AuditHead("node-2", 9, b"\x02" * 32))
    text = header_document(2, "000001", (written.period_from, written.period_to), None, heads).decode()
    assert text.splitlines()[-3:] == [
        "previous -",
        f"audit node-1 7 {'01' * 32}",
        f"audit node-2 9 {'02' * 32}",
    ]
