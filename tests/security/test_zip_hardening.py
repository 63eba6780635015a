"""ZIP files that readers take for different things, or that burst: none of them is read."""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from gateway.adapters.validation.zip_reading import ZipLimits, ZipRefusedError, read_zip

LIMITS = ZipLimits(files=50, octets=8 * 1024 * 1024)
FILES = {"a.txt": b"one" * 50, "b/c.txt": b"two"}


def zipped(*members: tuple[str, bytes], stored: bool = False) -> bytes:
    target = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, octets in members:
            archive.writestr(name, octets)
    return target.getvalue()


def plain() -> bytes:
    return zipped(*FILES.items())


def refused(octets: bytes, why: str, limits: ZipLimits = LIMITS) -> None:
    with pytest.raises(ZipRefusedError) as caught:
        read_zip(octets, limits)
    assert why in str(caught.value)


def test_a_plain_zip_is_read_in_order() -> None:
    """Names, octets and the way they are stored."""
    entries, comment = read_zip(plain(), LIMITS)
    assert {entry.name: entry.octets for entry in entries} == FILES
    assert comment == b""
    assert all(not entry.stored for entry in entries)


def test_data_descriptors_are_tolerated() -> None:
    """A ZIP that was written as a stream has its sizes behind each file."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    target = Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in FILES.items():
            archive.writestr(name, octets)
    entries, _ = read_zip(target.getvalue(), LIMITS)
    assert {entry.name: entry.octets for entry in entries} == FILES


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "/a",
        "a/../../b",
        "a//b",
        "./a",
        "C:/a",
        "a\\b",
        "a\nb",
        "a\u202eb",
        "a?",
        "x" * 300,
        "a\x7f",
    ],
)
def test_names_that_lead_elsewhere(name: str) -> None:
    """Traversal, absolute and drive paths, backslashes, controls and overlong names."""
    refused(zipped((name, b"x")), "a name")


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("é.txt", "e\u0301.txt"), ("a", "a/"), ("ﬁ.txt", "fi.txt")],
    ids=["same", "case", "unicode", "folder", "ligature"],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_are_aliases(one: str, other: str) -> None:
    """Twice the same name, or two that a file system takes for one."""
    refused(zipped((one, b"1"), (other, b"" if other.endswith("/") else b"2")), "same name")


def test_a_bomb_is_not_inflated() -> None:
    """Too large, or too much for its size: known from the directory, before anything is inflated."""
    refused(zipped(("zeros", bytes(64 * 1024 * 1024))), "inflate")
    # Within the absolute limit, but a thousand times what came.
    refused(zipped(("zeros", bytes(7 * 1024 * 1024))), "inflate")


def test_a_bomb_that_lies_about_its_size_is_cut_short() -> None:
    """A directory that states less than what inflates does not make us inflate more."""
    honest = zipped(("zeros", bytes(32 * 1024 * 1024)))
    size, small = struct.pack("<L", 32 * 1024 * 1024), struct.pack("<L", 1000)
    started = time.monotonic()
    with pytest.raises(ZipRefusedError):
        read_zip(honest.replace(size, small), LIMITS)
    assert time.monotonic() - started < 1


def test_many_files_are_refused() -> None:
    """Both a few too many, and so many that even listing them would cost."""
    refused(zipped(*((f"{number}", b"") for number in range(51))), "more than 50 files")
    refused(b"PK\x03\x04" + b"PK\x01\x02" * 60_000, "more than 50 files")


def test_octets_that_belong_to_no_file() -> None:
    """Before, between and behind: whatever the directory does not know, another reader may find."""
    octets = plain()
    refused(b"hidden" + octets, "belong to none")
    refused(octets + b"hidden", "behind its end")
    second = octets.index(b"PK\x03\x04", 4)
    directory = octets.index(b"PK\x01\x02")
    hidden = zipped(("hidden", b"x"), stored=True)
    entry = hidden[: hidden.index(b"PK\x01\x02")]
    for at in (second, directory):
        refused(_inserted(octets, at, entry), "belong to none")


def _inserted(octets: bytes, at: int, more: bytes) -> bytes:
    """A ZIP with octets inserted before `at`, and its directory told about every place."""
    made = bytearray(octets[:at] + more + octets[at:])
    where = made.index(b"PK\x01\x02")
    while made[where : where + 4] == b"PK\x01\x02":
        (offset,) = struct.unpack_from("<L", made, where + 42)
        if offset >= at:
            struct.pack_into("<L", made, where + 42, offset + len(more))
        lengths = struct.unpack_from("<3H", made, where + 28)
        where += 46 + sum(lengths)
    (directory,) = struct.unpack_from("<L", made, where + 16)
    struct.pack_into("<L", made, where + 16, directory + len(more))
    return bytes(made)


def test_overlapping_files() -> None:
    """Two names for the same octets: a quine's and a bomb's trick."""
    made = bytearray(zipped(("a.txt", b"same"), ("b.txt", b"same"), stored=True))
    second = made.index(b"PK\x01\x02", made.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", made, second + 42, 0)
    with pytest.raises(ZipRefusedError):
        read_zip(bytes(made), LIMITS)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.replace(b"a.txt", b"x.txt", 1),
        lambda made: _flagged(made, 0x1),
        lambda made: _flagged(made, 0x40),
        lambda made: _method(made, 12),
        lambda made: made.replace(b"PK\x05\x06", b"PK\x05\x07"),
        lambda made: made[:-10],
        lambda made: made[: len(made) // 2],
    ],
    ids=["other name", "encrypted", "strong", "bzip2", "no end", "cut", "half"],
)
def test_contradictions_and_damage(change: Callable[[bytes], bytes]) -> None:
    """Local header against directory, encryption, other methods, missing ends: refused, never a crash."""
    with pytest.raises(ZipRefusedError):
        read_zip(change(plain()), LIMITS)


def _flagged(octets: bytes, flag: int) -> bytes:
    made = bytearray(octets)
    struct.pack_into("<H", made, 6, flag)
    struct.pack_into("<H", made, made.index(b"PK\x01\x02") + 8, flag)
    return bytes(made)


def _method(octets: bytes, method: int) -> bytes:
    made = bytearray(octets)
    struct.pack_into("<H", made, 8, method)
    struct.pack_into("<H", made, made.index(b"PK\x01\x02") + 10, method)
    return bytes(made)


def test_a_symbolic_link() -> None:
    """A link that an unpacker would follow."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    refused(target.getvalue(), "symbolic link")


@pytest.mark.parametrize("at", range(0, 200, 7))
def test_no_damaged_octet_makes_it_raise_anything_else(at: int) -> None:
    """Whatever single octet is changed, the answer is the files or a refusal."""
    octets = plain()
    if at >= len(octets):
        pytest.fail("the sample has become shorter")
    for value in (0, 0xFF, octets[at] ^ 0x80):
        damaged = octets[:at] + bytes([value]) + octets[at + 1 :]
        try:
            read_zip(damaged, LIMITS)
        except ZipRefusedError:
            continue


def test_a_second_name_is_refused() -> None:
    """By a field for Unicode paths a file bears one name for some readers and another for the rest."""
    info, target = zipfile.ZipInfo("a.txt"), io.BytesIO()
    info.extra = struct.pack("<HHBL", 0x7075, 5 + len(b"../b.txt"), 1, zlib.crc32(b"a.txt")) + b"../b.txt"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, b"one")
    refused(target.getvalue(), "a second name")
