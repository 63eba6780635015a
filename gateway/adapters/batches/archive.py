"""The ZIP of a batch: `batch.xml`, and the documents that it names, read where they stand and never unpacked.

It is as strict as the reader of evidence containers, and in constant memory: the directory alone is kept.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from gateway.adapters.validation.zip_reading import END, ZipRefusedError, check_gapless, check_names, place
from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import SpoolWriter

BATCH = "batch.xml"
MAGIC = b"PK\x03\x04"
FILES = 20_000
# What a directory of so many files can take up: 46 octets, a name and some extra fields each.
DIRECTORY = FILES * 512
RATIO, MIB = 100, 1024 * 1024
PIECE = 256 * 1024
ZIP64 = 0xFFFF, 0xFFFFFFFF
FOREIGN = (
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class BatchArchive:
    """A ZIP over a seekable file."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises GatewayError(BATCH_ARCHIVE_REFUSED)."""
        self._file = file
        try:
            self._check_end()
            self._zip = zipfile.ZipFile(file)
            infos = sorted(self._zip.infolist(), key=lambda info: info.header_offset)
            check_names(infos)
            for info in infos:
                _check_inflation(info)
            check_gapless([place(self._part, info) for info in infos], self._zip.start_dir)
        except FOREIGN as error:
            raise _refused(error) from None
        self._infos = {info.filename: info for info in infos if not info.is_dir()}
        if BATCH not in self._infos:
            raise GatewayError(ErrorKind.BATCH_ARCHIVE_REFUSED, f"there is no {BATCH} in it")

    @property
    def names(self) -> frozenset[str]:
        """The documents beside the batch."""
        return frozenset(self._infos) - {BATCH}

    @contextmanager
    def content(self) -> Iterator[BinaryIO]:
        """The batch's XML from its beginning. Raises GatewayError(BATCH_ARCHIVE_REFUSED)."""
        try:
            with self._zip.open(self._infos[BATCH]) as content:
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
        info = self._infos.get(name)
        if info is None or name == BATCH:
            raise GatewayError(ErrorKind.ATTACHMENT_MISSING, name[:255])
        if info.file_size > limit:
            raise GatewayError(ErrorKind.DOCUMENT_TOO_LARGE, f"{name[:255]}: the limit is {limit} octets")
        try:
            # zipfile stops at the size that the directory states, and checks the CRC.
            octets = self._zip.read(info)
        except FOREIGN as error:
            raise _refused(error) from None
        if len(octets) != info.file_size:
            raise GatewayError(ErrorKind.BATCH_ARCHIVE_REFUSED, "a file of another size than stated")
        return octets

    def _check_end(self) -> None:
        """One end record, the last of the file, without comment; before zipfile makes objects of entries."""
        size = self._file.seek(0, 2)
        signature, *_, entries, length, start, comment = END.unpack(self._part(size - END.size, END.size))
        if signature != b"PK\x05\x06" or comment:
            raise ZipRefusedError("octets behind its end, or a comment")
        if entries == ZIP64[0] or ZIP64[1] in (length, start):
            raise ZipRefusedError("ZIP64, or larger than 4 GiB")
        if entries > FILES or length > DIRECTORY:
            raise ZipRefusedError(f"more than {FILES} files")
        if start + length + END.size != size:
            raise ZipRefusedError("its directory stands elsewhere than its end says")

    def _part(self, start: int, size: int) -> bytes:
        if start < 0:
            raise ZipRefusedError("too short")
        self._file.seek(start)
        return self._file.read(size)


def is_archive(file: BinaryIO) -> bool:
    file.seek(0)
    found = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    return found


def _check_inflation(info: zipfile.ZipInfo) -> None:
    if info.filename.lower().endswith(".zip"):
        raise ZipRefusedError("a ZIP within the ZIP")
    if info.file_size > info.compress_size * RATIO + MIB:
        raise ZipRefusedError(f"a file that inflates more than {RATIO} times")


def _refused(error: Exception) -> GatewayError:
    # Foreign messages may repeat what is in the file.
    why = str(error) if isinstance(error, ZipRefusedError) else f"it cannot be read ({type(error).__name__})"
    return GatewayError(ErrorKind.BATCH_ARCHIVE_REFUSED, why)
