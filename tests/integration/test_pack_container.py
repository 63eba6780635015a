"""The ASiC-E container as a file: its form by EN 319 162-1, told by unzip and by its octets."""

import struct
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from gateway.adapters.documents.pack import AsicPaper
from gateway.adapters.xml.parser import parse
from gateway.domain.pack import PackFile
from gateway.domain.record import DocumentRecord
from tests import public_tools

AT = datetime(2026, 11, 24, 19, 5, 31, tzinfo=UTC)
ODF = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
FILES = [
    PackFile("original/01-b.pdf", "application/pdf", b"%PDF" * 100),
    PackFile("certificate.xml", "application/xml", b"<a/>"),
    PackFile("original/02-a.txt", "text/plain; charset=utf-8", "ñ".encode()),
]


def made() -> bytes:
    return AsicPaper().container(FILES, b"<signatures/>", AT)


def test_the_media_type_stands_at_its_place() -> None:
    """Octets 30 to 37 are `mimetype`, its content follows uncompressed: `file` and others know it by that."""
    octets = made()
    signature, method, size, name, extra = struct.unpack("<I4xH8xI4xHH", octets[:30])
    assert (signature, method, name, extra) == (0x04034B50, 0, 8, 0)
    assert octets[30 : 38 + size] == b"mimetypeapplication/vnd.etsi.asic-e+zip"


def test_unzip_accepts_it(tmp_path: Path) -> None:
    """Info-ZIP tests and unpacks it, every file as it was given."""
    pack = tmp_path / "pack.asice"
    pack.write_bytes(made())
    assert "No errors detected" in public_tools.run("unzip", "-t", pack)
    public_tools.run("unzip", "-q", pack, "-d", tmp_path / "out")
    for file in FILES:
        assert (tmp_path / "out" / file.name).read_bytes() == file.octets


def test_it_is_deterministic() -> None:
    """The same files make the same octets in any order, dated at the closing, readable by everybody."""
    assert AsicPaper().container(FILES[::-1], b"<signatures/>", AT) == made()
    entries = zipfile.ZipFile(BytesIO(made())).infolist()
    assert [entry.filename for entry in entries] == [
        "mimetype",
        "META-INF/manifest.xml",
        "META-INF/signatures.xml",
        "certificate.xml",
        "original/01-b.pdf",
        "original/02-a.txt",
    ]
    assert {entry.date_time for entry in entries} == {(2026, 11, 24, 19, 5, 30)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o644}


def test_a_date_before_zip_is_no_obstacle() -> None:
    """Zip knows no year before 1980."""
    octets = AsicPaper().container([], b"<signatures/>", datetime(1970, 1, 1, tzinfo=UTC))
    assert zipfile.ZipFile(BytesIO(octets)).infolist()[0].date_time[0] == 1980


def test_the_manifest_lists_every_file() -> None:
    """The container itself and each file with its media type; what is in META-INF is not listed."""
    octets = zipfile.ZipFile(BytesIO(made())).read("META-INF/manifest.xml")
    listed = {
        entry.get(f"{ODF}full-path"): entry.get(f"{ODF}media-type") for entry in parse(octets, limit=9999)
    }
    assert listed == {"/": "application/vnd.etsi.asic-e+zip"} | {file.name: file.media_type for file in FILES}


def test_the_guides_name_every_document() -> None:
    """In Spanish and English, with names as they are in the pack and with their digests."""
    document = DocumentRecord(
        "001001-0001-000000000000001.par",
        0,
        "d1",
        "Póliza.pdf",
        "application/pdf",
        1,
        bytes([1] * 32),
        stamped_sha256=bytes([2] * 32),
    )
    spanish, english = AsicPaper().guides(document.guid, [document], digests=True)
    assert (spanish.name, english.name) == ("LEEME.txt", "README.txt")
    for guide in (spanish.octets.decode(), english.octets.decode()):
        assert document.guid in guide
        assert f"original/01-Poliza.pdf  {'01' * 32}" in guide
        assert f"stamped/01-Poliza.pdf  {'02' * 32}" in guide
        assert "openssl ts -verify" in guide
    assert "Qué contiene" in spanish.octets.decode()


def test_the_guides_speak_only_of_what_is_there() -> None:
    """Without documents, copies or stamped digests there are no words and no commands about them."""
    document = DocumentRecord("g", 0, "d1", "a.txt", "text/plain", 1, bytes([1] * 32))
    for documents, digests in (([], False), ([document], False), ([document], True)):
        for guide in AsicPaper().guides("g", documents, digests):
            text = guide.octets.decode()
            assert ("original/" in text) is bool(documents)
            assert "stamped/" not in text
            assert ("digests" in text) is ("openssl" in text) is digests
