"""Reading a ZIP whole, and only one that every reader reads alike: nothing hidden, aliased or explosive.

What the central directory lists must stand in the file gaplessly and once. It knows nothing of signatures.
"""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MIB = 1024 * 1024
LOCAL = struct.Struct("<4sHHHHHIIIHH")
END = struct.Struct("<4s4H2LH")
FIELD, UNICODE_PATH = struct.Struct("<HH"), 0x7075
ENCRYPTED, DESCRIPTOR, STRONG, MASKED = 0x1, 0x8, 0x40, 0x2000
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Signature, CRC and two sizes, of eight octets each at most (APPNOTE 4.3.9).
DESCRIPTOR_SIZES = (12, 16, 20, 24)
LONGEST_NAME = 255
# Before zipfile builds an object of each: a ZIP within a ZIP, stored, has some of them too.
DIRECTORY_ENTRY, MOST_ENTRIES = b"PK\x01\x02", 50_000


class ZipRefusedError(ValueError):
    """Why this ZIP is not read; the words are for the report."""


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """`ratio` is how many times larger than the file its contents may be, beyond the first MiB."""

    files: int = 2000
    octets: int = 256 * MIB
    ratio: int = 100


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """`stored` without compression; `bare` is a local header without extra field, as `mimetype` needs."""

    name: str
    octets: bytes
    stored: bool
    bare: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its local header, and where its data begin."""

    info: zipfile.ZipInfo
    start: int
    bare: bool

    @property
    def end(self) -> int:
        return self.start + self.info.compress_size


def read_zip(octets: bytes, limits: ZipLimits) -> tuple[list[ZipEntry], bytes]:
    """Every file in the order of the ZIP, and the ZIP's comment; raises ZipRefusedError."""
    if octets.count(DIRECTORY_ENTRY) > MOST_ENTRIES:
        raise ZipRefusedError(f"more than {limits.files} files")
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
            _check_sizes(infos, len(octets), limits)
            check_names(infos)
            places = [place(lambda start, size: octets[start : start + size], info) for info in infos]
            check_gapless(places, archive.start_dir)
            _check_end(octets, archive.comment)
            files = [place for place in places if not place.info.is_dir()]
            return [_read(archive, place) for place in files], archive.comment
    # NotImplementedError is zipfile's word for a compression that it does not know.
    except (zipfile.BadZipFile, struct.error, zlib.error, EOFError, NotImplementedError) as error:
        raise ZipRefusedError(f"it cannot be read ({type(error).__name__})") from None
    except (RuntimeError, OSError, ValueError, OverflowError) as error:
        if isinstance(error, ZipRefusedError):
            raise
        raise ZipRefusedError(f"it cannot be read ({type(error).__name__})") from None


def _check_sizes(infos: Sequence[zipfile.ZipInfo], size: int, limits: ZipLimits) -> None:
    total = sum(info.file_size for info in infos)
    if len(infos) > limits.files:
        raise ZipRefusedError(f"more than {limits.files} files")
    if total > min(limits.octets, size * limits.ratio + MIB):
        raise ZipRefusedError("its files inflate to more than is read")


def check_names(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Raises ZipRefusedError for names, flags and kinds that are not read, and for names that repeat."""
    seen: set[str] = set()
    for info in infos:
        for problem in _problems(info):
            raise ZipRefusedError(problem)
        # Two names that some file system takes for one could show different contents to different readers.
        alias = unicodedata.normalize("NFKC", info.filename).casefold().rstrip("/")
        if alias in seen:
            raise ZipRefusedError("two files of the same name")
        seen.add(alias)


def _problems(info: zipfile.ZipInfo) -> Iterator[str]:
    name = info.orig_filename
    if info.filename != name or _second_name(info.extra):
        yield "a second name"
    if not _harmless(name):
        yield "a name that leads elsewhere or cannot be shown"
    if info.flag_bits & (ENCRYPTED | STRONG | MASKED):
        yield "an encrypted file"
    if info.compress_type not in METHODS:
        yield "a compression that is not read"
    if stat.S_ISLNK(info.external_attr >> 16):
        yield "a symbolic link"
    if info.is_dir() and info.file_size:
        yield "a folder with content"


def _second_name(extra: bytes) -> bool:
    """Whether a field gives the file another name (APPNOTE 4.6.9), which some readers take and others not."""
    while len(extra) >= FIELD.size:
        kind, size = FIELD.unpack_from(extra)
        if kind == UNICODE_PATH:
            return True
        extra = extra[FIELD.size + size :]
    return False


def _harmless(name: str) -> bool:
    """A relative path of plain segments (APPNOTE 4.4.17.1)."""
    segments = name.removesuffix("/").split("/")
    plain = all(segment not in {"", ".", ".."} for segment in segments)
    shown = name.isprintable() and not set(name) & set('\\:*?"<>|')
    return plain and shown and len(name.encode(errors="replace")) <= LONGEST_NAME


def place(part: Callable[[int, int], bytes], info: zipfile.ZipInfo) -> Place:
    """The local header must say what the central directory says, as far as it says anything.

    `part` gives octets of the file by offset and size. Raises ZipRefusedError, struct.error.
    """
    header = LOCAL.unpack(part(info.header_offset, LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    name_at = info.header_offset + LOCAL.size
    name = part(name_at, name_length)
    later = flags & DESCRIPTOR
    same = flags == info.flag_bits and method == info.compress_type and name == _name(info)
    zip64 = 0xFFFFFFFF in (packed, size)
    if not later and not zip64:
        same = same and (crc, packed, size) == (info.CRC, info.compress_size, info.file_size)
    if signature != b"PK\x03\x04" or not same:
        raise ZipRefusedError("a file's header and the directory contradict each other")
    return Place(info, name_at + name_length + extra_length, extra_length == 0)


def _name(info: zipfile.ZipInfo) -> bytes:
    # zipfile decoded it in one of these two ways, by the flag for UTF-8 (APPNOTE, appendix D).
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def check_gapless(places: Sequence[Place], directory: int) -> None:
    """From the first octet to the directory: entries one behind the other, none overlapping, no rest."""
    at = 0
    allowed: tuple[int, ...] = (0,)
    for place in places:
        if place.info.header_offset - at not in allowed:
            raise ZipRefusedError("files that overlap, or octets that belong to none")
        at = place.end
        allowed = DESCRIPTOR_SIZES if place.info.flag_bits & DESCRIPTOR else (0,)
    if directory - at not in allowed:
        raise ZipRefusedError("files that overlap, or octets that belong to none")


def _check_end(octets: bytes, comment: bytes) -> None:
    """One end record, and the comment that it announces is the last of the file."""
    at = len(octets) - len(comment) - END.size
    if at < 0 or octets[at : at + 4] != b"PK\x05\x06" or END.unpack_from(octets, at)[-1] != len(comment):
        raise ZipRefusedError("octets behind its end")


def _read(archive: zipfile.ZipFile, place: Place) -> ZipEntry:
    # zipfile stops at the size that the directory states, which was added up before, and checks the CRC.
    octets = archive.read(place.info)
    if len(octets) != place.info.file_size:
        raise ZipRefusedError("a file of another size than stated")
    stored = place.info.compress_type == zipfile.ZIP_STORED
    return ZipEntry(place.info.filename, octets, stored, place.bare)
