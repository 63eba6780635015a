"""The spool: files too large for memory, encrypted in frames under a data key of their own, synced, seekable.

A file's id owns its data key, which is stored before the first octet is written. Which files are in use is
the database's knowledge; what nobody uses is swept.
"""

import hashlib
import io
import os
import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import BinaryIO, cast
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.vault.keyring import NONCE_BYTES, Keyring
from gateway.adapters.vault.synced import make_folder, sync_folder
from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Database

MAGIC = b"FSPOOL1\n"
FRAME = 64 * 1024
SEALED = NONCE_BYTES + FRAME + 16
FILE_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
DRAFT = ".part"
YOUNG = timedelta(days=2)


class FileSpool:
    """Files of one folder: AES-256-GCM frames, each bound to file and place, and to being the last or not."""

    def __init__(self, root: Path, keyring: Keyring, database: Database) -> None:
        """Raises GatewayError(CONFIGURATION) when the folder cannot be written."""
        self._root = root
        self._keyring = keyring
        self._database = database
        try:
            make_folder(root)
        except OSError as error:
            raise GatewayError(ErrorKind.CONFIGURATION, "the spool's folder cannot be written") from error

    def create(self) -> "FileSpoolWriter":
        file_id, key = uuid4().hex, self._keyring.new_key()
        with self._database.write() as uow:
            uow.keys.add(file_id, key)
            uow.commit()
        return FileSpoolWriter(self._root, file_id, self._keyring.open(key), self.remove)

    def open(self, file_id: str) -> BinaryIO:
        with self._database.read() as uow:
            key = uow.keys.get(_checked(file_id))
        try:
            raw = FrameReader((self._root / file_id).open("rb"), file_id, self._keyring.open(key))
        except FileNotFoundError:
            raise GatewayError(ErrorKind.NOT_FOUND) from None
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        return io.BufferedReader(raw, FRAME)

    def remove(self, file_id: str) -> None:
        """The file first: without its row, nobody would know it again."""
        try:
            (self._root / _checked(file_id)).unlink(missing_ok=True)
            (self._root / f"{file_id}{DRAFT}").unlink(missing_ok=True)
            sync_folder(self._root)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        with self._database.write() as uow:
            uow.keys.destroy(file_id)
            uow.commit()

    def sweep(self, now: datetime, young: timedelta = YOUNG) -> int:
        """Remove files that no batch has, unless they are young: a request may be on its way. How many."""
        limit, removed = (now - young).timestamp(), 0
        for path in sorted(self._root.iterdir()):
            file_id = path.name.removesuffix(DRAFT)
            if not FILE_ID.fullmatch(file_id) or _changed(path) >= limit:
                continue
            with self._database.read() as uow:
                used = uow.batches.knows_file(file_id) or uow.uploads.knows_file(file_id)
            if not used:
                self.remove(file_id)
                removed += 1
        return removed


class FileSpoolWriter:
    """Writes one file, frame by frame, into a draft that gets its name when it is whole."""

    def __init__(self, root: Path, file_id: str, cipher: AESGCM, remove: Callable[[str], None]) -> None:
        self._root, self._id, self._cipher, self._remove = root, file_id, cipher, remove
        self._rest = bytearray()
        self._digest = hashlib.sha256()
        self._size, self._frames = 0, 0
        try:
            handle = os.open(root / f"{file_id}{DRAFT}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file: BinaryIO | None = os.fdopen(handle, "wb")
            self._file.write(MAGIC)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error

    def write(self, chunk: bytes) -> int:
        self._digest.update(chunk)
        self._size += len(chunk)
        self._rest += chunk
        # A frame is written once another octet follows: the last one is marked as such.
        while len(self._rest) > FRAME:
            self._frame(bytes(self._rest[:FRAME]), last=False)
            del self._rest[:FRAME]
        return len(chunk)

    def finish(self) -> SpooledFile:
        if self._file is None:
            raise ValueError("this file is finished")
        self._frame(bytes(self._rest), last=True)
        file, self._file = self._file, None
        try:
            with file:
                file.flush()
                os.fsync(file.fileno())
            (self._root / f"{self._id}{DRAFT}").rename(self._root / self._id)
            sync_folder(self._root)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        return SpooledFile(self._id, self._size, self._digest.digest())

    def abandon(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
            self._remove(self._id)

    def _frame(self, clear: bytes, *, last: bool) -> None:
        nonce = token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, clear, _context(self._id, self._frames, last))
        self._frames += 1
        try:
            cast(BinaryIO, self._file).write(nonce + sealed)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error


class FrameReader(io.RawIOBase):
    """Clear octets at any place; one frame is in memory."""

    def __init__(self, file: BinaryIO, file_id: str, cipher: AESGCM) -> None:
        self._file, self._id, self._cipher = file, file_id, cipher
        sealed = file.seek(0, os.SEEK_END) - len(MAGIC)
        self._frames = max(-(-sealed // SEALED), 1)
        self._length = sealed - self._frames * (SEALED - FRAME)
        self._at, self._number, self._frame = 0, -1, b""
        file.seek(0)
        if file.read(len(MAGIC)) != MAGIC or self._length < 0:
            raise GatewayError(ErrorKind.INTERNAL)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("negative seek")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # typeshed's Buffer is 3.12's
        if self._at >= self._length and self._number >= 0:
            return 0
        number, skipped = divmod(self._at, FRAME)
        if number >= self._frames:
            return 0
        if number != self._number:
            self._frame, self._number = self._read(number), number
        part = self._frame[skipped : skipped + len(room)]
        room[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _read(self, number: int) -> bytes:
        try:
            self._file.seek(len(MAGIC) + number * SEALED)
            sealed = self._file.read(SEALED)
            context = _context(self._id, number, number == self._frames - 1)
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise GatewayError(ErrorKind.INTERNAL) from None
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error


def _context(file_id: str, number: int, last: bool) -> bytes:
    return b"spool\0" + file_id.encode() + struct.pack(">QB", number, last)


def _checked(file_id: str) -> str:
    if not FILE_ID.fullmatch(file_id):
        raise GatewayError(ErrorKind.NOT_FOUND)
    return file_id


def _changed(path: Path) -> float:
    """Seconds since the epoch; one that has just gone is young."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
