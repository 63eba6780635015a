"""The ZIP of a batch: as many documents as a batch may have, its directory read once, and one end only."""

import io
import struct
import zipfile

import pytest

from gateway.adapters.batches.archive import BatchArchive, LastDirectory
from gateway.domain.errors import ErrorKind, GatewayError

MANY = 65_600


def zipped(documents: int, method: int = zipfile.ZIP_STORED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        archive.writestr("batch.xml", b"<batch/>")
        for number in range(documents):
            archive.writestr(f"{number}.pdf", b"%PDF " + str(number).encode())
    return written.getvalue()


@pytest.fixture(scope="module")
def large() -> bytes:
    """More files than the plain end of a ZIP can count."""
    return zipped(MANY)


class Counted(io.BytesIO):
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


def refusal(octets: bytes) -> str:
    with pytest.raises(GatewayError) as refused:
        BatchArchive(io.BytesIO(octets))
    assert refused.value.kind is ErrorKind.BATCH_ARCHIVE_REFUSED
    return refused.value.detail


def test_a_document_for_each_of_very_many_items(large: bytes) -> None:
    """A telco's ZIP has a contract for each customer."""
    archive = BatchArchive(io.BytesIO(large))
    assert len(archive.names) == MANY
    assert archive.document(f"{MANY - 1}.pdf", 1000) == f"%PDF {MANY - 1}".encode()


def test_the_directory_is_read_once(large: bytes) -> None:
    """Whoever opens the same file again reads the document that is asked for, and no other header."""
    last = LastDirectory()
    last("file", lambda: BatchArchive(io.BytesIO(large)).directory)
    again = Counted(large)
    directory = last("file", lambda: pytest.fail("read again"))
    assert BatchArchive(again, directory).document("7.pdf", 1000) == b"%PDF 7"
    assert again.reads == 3, "header, name and content"
    assert last("another", lambda: {}) == {}


@pytest.mark.parametrize(("at", "field"), [(24, "<Q"), (32, "<Q"), (40, "<Q"), (48, "<Q"), (16, "<L")])
def test_the_two_ends_of_a_large_zip_agree(large: bytes, at: int, field: str) -> None:
    """Counts, size, place and disks are said twice; whoever lets them differ is refused."""
    bent = bytearray(large)
    record = len(bent) - 22 - 20 - 56
    value = struct.unpack_from(field, bent, record + at)[0]
    struct.pack_into(field, bent, record + at, value - 1 if value else 1)
    assert refusal(bytes(bent))


def test_no_second_end_without_need() -> None:
    """A locator of ZIP64 before a plain end would make readers choose."""
    plain = zipped(3)
    end = plain[-22:]
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert "without need" in refusal(plain[:-22] + locator + end)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_document_is_what_the_directory_states(method: int) -> None:
    """Changed octets, stored or deflated, are no document."""
    octets = zipped(2, method)
    at = octets.index(b"1.pdf") + len(b"1.pdf")
    bent = octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]
    archive = BatchArchive(io.BytesIO(bent))
    assert archive.document("0.pdf", 1000) == b"%PDF 0"
    with pytest.raises(GatewayError) as refused:
        archive.document("1.pdf", 1000)
    assert refused.value.kind is ErrorKind.BATCH_ARCHIVE_REFUSED
