"""The spool: large files in frames, encrypted, seekable, and refused when an octet of them was touched."""

import hashlib
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault.spool import FRAME, MAGIC, SEALED, FileSpool
from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from tests.house import refused
from tests.storage_samples import NOW, column_keys

SIZES = (0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 17)


@pytest.fixture
def spool(database: SqlDatabase, tmp_path: Path) -> FileSpool:
    return FileSpool(tmp_path / "spool", column_keys().keyring, database)


def _written(spool: FileSpool, octets: bytes, piece: int = 10_000) -> SpooledFile:
    writer = spool.create()
    for start in range(0, len(octets), piece):
        writer.write(octets[start : start + piece])
    return writer.finish()


@pytest.mark.parametrize("size", SIZES)
def test_spooled_octets_come_back(spool: FileSpool, size: int, tmp_path: Path) -> None:
    """What was written is read again, whole and from any place, and nothing of it stands in the file."""
    octets = random.Random(size).randbytes(size)
    file = _written(spool, octets)
    assert (file.size, file.sha256) == (size, hashlib.sha256(octets).digest())
    with spool.open(file.id) as reader:
        assert reader.read() == octets
        for place in (0, size // 2, size - 1, size, size + 5):
            if place >= 0:
                reader.seek(place)
                assert reader.read(100) == octets[place : place + 100]
        assert reader.seek(0, os.SEEK_END) == size
    kept = (tmp_path / "spool" / file.id).read_bytes()
    assert len(octets) < 40 or octets[:40] not in kept


@pytest.mark.parametrize("harm", ["bit", "cut", "swap", "other"])
def test_touched_file_does_not_open(spool: FileSpool, harm: str, tmp_path: Path) -> None:
    """A changed octet, a missing frame, frames in another order or another file's octets are refused."""
    file = _written(spool, bytes(3 * FRAME))
    path = tmp_path / "spool" / file.id
    kept = bytearray(path.read_bytes())
    start = len(MAGIC)
    if harm == "bit":
        kept[start + 100] ^= 1
    elif harm == "cut":
        del kept[start + 2 * SEALED :]
    elif harm == "swap":
        first, second = kept[start : start + SEALED], kept[start + SEALED : start + 2 * SEALED]
        kept[start : start + 2 * SEALED] = second + first
    else:
        kept = bytearray((tmp_path / "spool" / _written(spool, bytes(3 * FRAME)).id).read_bytes())
    path.write_bytes(kept)
    with pytest.raises(GatewayError) as caught, spool.open(file.id) as reader:
        reader.read()
    assert caught.value.kind is ErrorKind.INTERNAL


def test_removed_file_is_gone_with_its_key(spool: FileSpool, tmp_path: Path) -> None:
    """Removing destroys file and data key, and may be repeated; a name that is none finds nothing."""
    file = _written(spool, b"x")
    spool.remove(file.id)
    spool.remove(file.id)
    refused(ErrorKind.NOT_FOUND, spool.open, file.id)
    refused(ErrorKind.NOT_FOUND, spool.open, "../keys")
    assert not list((tmp_path / "spool").iterdir())


def test_abandoned_and_old_files_are_removed(spool: FileSpool, tmp_path: Path) -> None:
    """Dropped drafts go at once, forgotten files by the sweep, and young ones stay."""
    spool.create().abandon()
    file, writer = _written(spool, b"x"), spool.create()
    writer.write(b"y")
    left = sorted((tmp_path / "spool").iterdir())
    assert len(left) == 2
    for path in left:
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert spool.sweep(NOW + timedelta(days=1)) == 0
    assert spool.sweep(NOW + timedelta(days=3)) == 2
    refused(ErrorKind.NOT_FOUND, spool.open, file.id)
    writer.abandon()
