"""The ZIP of a batch: `batch.xml`, and the documents that it names, read where they stand and never unpacked.

It is as strict as the reader of evidence containers, and in constant memory: the directory alone is kept.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, cast

from gateway.adapters.validation.zip_reading import END, ZipRefusedError, check_gapless, check_names, place
from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import SpoolWriter

BATCH = "batch.xml"
MAGIC = b"PK\x03\x04"
# A document for each of the most items that a batch may have (xsd/batch.xsd), and the batch.
FILES = 100_001
# What a directory of so many files can take up: 46 octets, a name and some extra fields each.
DIRECTORY = FILES * 512
RATIO, MIB = 100, 1024 * 1024
PIECE = 256 * 1024
ZIP64 = 0xFFFF, 0xFFFFFFFF
# More than 65,534 files are counted by a record and a locator of their own (APPNOTE 4.3.14 and 4.3.15).
END64, LOCATOR = struct.Struct("<4sQHHLLQQQQ"), struct.Struct("<4sLQL")
Directory = Mapping[str, zipfile.ZipInfo]
FOREIGN = (
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
    EOFError,
    # zipfile's word for a compression or a version that it does not know.
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class BatchArchive:
    """A ZIP over a seekable file."""

    def __init__(self, file: BinaryIO, directory: Directory | None = None) -> None:
        """`directory` is what was read of this file before: it is not checked again.

        Raises GatewayError(BATCH_ARCHIVE_REFUSED).
        """
        self._file = file
        self.directory = self._read() if directory is None else directory

    def _read(self) -> Directory:
        file = self._file
        try:
            self._check_end()
            listed = zipfile.ZipFile(file)
            infos = sorted(listed.infolist(), key=lambda info: info.header_offset)
            check_names(infos)
            for info in infos:
                _check_inflation(info)
            check_gapless([place(self._part, info) for info in infos], listed.start_dir)
        except FOREIGN as error:
            raise _refused(error) from None
        directory = {info.filename: info for info in infos if not info.is_dir()}
        if BATCH not in directory:
            raise GatewayError(ErrorKind.BATCH_ARCHIVE_REFUSED, f"there is no {BATCH} in it")
        return directory

    @property
    def names(self) -> frozenset[str]:
        """The documents beside the batch."""
        return frozenset(self.directory) - {BATCH}

    @contextmanager
    def content(self) -> Iterator[BinaryIO]:
        """The batch's XML from its beginning. Raises GatewayError(BATCH_ARCHIVE_REFUSED)."""
        try:
            with zipfile.ZipFile(self._file).open(self.directory[BATCH]) as content:
                yield cast(BinaryIO, content)
        except FOREIGN as error:
            raise _refused(error) from None

    def extract(self, writer: SpoolWriter) -> SpooledFile:
        """The batch's XML as a spooled file of its own. Raises GatewayError(BATCH_ARCHIVE_REFUSED)."""
        try:
            with self.content() as content:
                while piece := content.read(PIECE):
                    writer.write(piece)
        except GatewayError:
            writer.abandon()
            raise
        return writer.finish()

    def document(self, name: str, limit: int) -> bytes:
        """A document's octets. Raises GatewayError: ATTACHMENT_MISSING, DOCUMENT_TOO_LARGE,
        BATCH_ARCHIVE_REFUSED."""
        info = self.directory.get(name)
        if info is None or name == BATCH:
            raise GatewayError(ErrorKind.ATTACHMENT_MISSING, name[:255])
        if info.file_size > limit or info.compress_size > limit + MIB:
            raise GatewayError(ErrorKind.DOCUMENT_TOO_LARGE, f"{name[:255]}: the limit is {limit} octets")
        try:
            return _inflated(info, self._part(place(self._part, info).start, info.compress_size))
        except FOREIGN as error:
            raise _refused(error) from None

    def _check_end(self) -> None:
        """One end record, the last of the file, without comment; before zipfile makes objects of entries."""
        size = self._file.seek(0, 2)
        signature, *_, entries, length, start, comment = END.unpack(self._part(size - END.size, END.size))
        if signature != b"PK\x05\x06" or comment:
            raise ZipRefusedError("octets behind its end, or a comment")
        if ZIP64[1] in (length, start):
            raise ZipRefusedError("larger than 4 GiB")
        tail = END.size
        at = size - END.size - LOCATOR.size
        if entries == ZIP64[0]:
            entries, tail = self._counted(at, length, start), END.size + LOCATOR.size + END64.size
        elif at >= 0 and self._part(at, 4) == b"PK\x06\x07":
            # Readers would choose between two directories.
            raise ZipRefusedError("ZIP64 without need")
        if entries > FILES or length > DIRECTORY:
            raise ZipRefusedError(f"more than {FILES} files")
        if start + length + tail != size:
            raise ZipRefusedError("its directory stands elsewhere than its end says")

    def _counted(self, locator: int, length: int, start: int) -> int:
        """How many files there are by ZIP64's own record, which must say the same of the directory."""
        at = locator - END64.size
        told = LOCATOR.unpack(self._part(locator, LOCATOR.size))
        signature, rest, _, _, *disks, here, entries, long, begin = END64.unpack(self._part(at, END64.size))
        if told != (b"PK\x06\x07", 0, at, 1) or signature != b"PK\x06\x06" or rest != END64.size - 12:
            raise ZipRefusedError("a broken end of ZIP64")
        if disks != [0, 0] or here != entries or (long, begin) != (length, start):
            raise ZipRefusedError("two ends that contradict each other")
        return int(entries)

    def _part(self, start: int, size: int) -> bytes:
        if start < 0:
            raise ZipRefusedError("too short")
        self._file.seek(start)
        return self._file.read(size)


class LastDirectory:
    """The directory of the file that was read last: files in the spool never change.

    Without it each slice of a batch would read every header of its file again. It may take 60 MB.
    """

    def __init__(self) -> None:
        self._last: tuple[str, Directory] = ("", {})

    def __call__(self, file_id: str, read: Callable[[], Directory]) -> Directory:
        known, directory = self._last
        if known != file_id:
            directory = read()
            self._last = (file_id, directory)
        return directory


def is_archive(file: BinaryIO) -> bool:
    file.seek(0)
    found = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return found


def _inflated(info: zipfile.ZipInfo, packed: bytes) -> bytes:
    """The octets, of the size and CRC that the directory states. Raises ZipRefusedError, zlib.error."""
    octets, whole = packed, True
    if info.compress_type == zipfile.ZIP_DEFLATED:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        octets = inflating.decompress(packed, info.file_size + 1)
        whole = inflating.eof and not inflating.unused_data
    if not whole or len(octets) != info.file_size or zlib.crc32(octets) != info.CRC:
        raise ZipRefusedError("a file that is not what the directory states")
    return octets


def _check_inflation(info: zipfile.ZipInfo) -> None:
    if info.filename.lower().endswith(".zip"):
        raise ZipRefusedError("a ZIP within the ZIP")
    if info.file_size > info.compress_size * RATIO + MIB:
        raise ZipRefusedError(f"a file that inflates more than {RATIO} times")


def _refused(error: Exception) -> GatewayError:
    # Foreign messages may repeat what is in the file.
    why = str(error) if isinstance(error, ZipRefusedError) else f"it cannot be read ({type(error).__name__})"
    return GatewayError(ErrorKind.BATCH_ARCHIVE_REFUSED, why)
