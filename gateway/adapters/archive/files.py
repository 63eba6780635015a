"""Where an archive lies: a folder of files, or one ZIP; written whole or not at all, for its owner alone.

A folder takes constant memory however many files there are; a ZIP half a kilobyte of each in its directory.
"""

import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from gateway.adapters.vault.synced import make_folder, sync_folder
from gateway.domain.errors import ErrorKind, GatewayError

PART = ".part"
CHUNK = 1024 * 1024


class Output(Protocol):
    """`finish` gives the archive its name; leaving without it removes what was begun."""

    def add(self, name: str, octets: bytes) -> None: ...
    def add_file(self, name: str, file: Path) -> None: ...
    def finish(self) -> None: ...
    def abandon(self) -> None: ...


class Input(Protocol):
    def read(self, name: str, limit: int) -> bytes:
        """Raises GatewayError(ARCHIVE_REFUSED) when it is not there, or larger."""

    def stream(self, name: str) -> IO[bytes]: ...
    def close(self) -> None: ...


def new_output(target: Path) -> Output:
    """A ZIP if the name says so, else a folder. Raises GatewayError(CONFIGURATION) when it exists."""
    if target.exists():
        raise GatewayError(ErrorKind.CONFIGURATION, f"{target.name} exists already")
    return ZipOutput(target) if target.suffix == ".zip" else FolderOutput(target)


def open_input(source: Path) -> Input:
    """Raises OSError when there is nothing, GatewayError(ARCHIVE_REFUSED) for what is no archive."""
    return FolderInput(source) if source.is_dir() else ZipInput(source)


class FolderOutput:
    def __init__(self, target: Path) -> None:
        self._target, self._part = target, target.with_name(target.name + PART)
        shutil.rmtree(self._part, ignore_errors=True)
        make_folder(self._part)

    def add(self, name: str, octets: bytes) -> None:
        with _private(self._place(name)) as stream:
            stream.write(octets)

    def add_file(self, name: str, file: Path) -> None:
        with _private(self._place(name)) as stream, file.open("rb") as source:
            shutil.copyfileobj(source, stream, CHUNK)

    def finish(self) -> None:
        os.sync()
        self._part.rename(self._target)
        sync_folder(self._target.parent)

    def abandon(self) -> None:
        shutil.rmtree(self._part, ignore_errors=True)

    def _place(self, name: str) -> Path:
        file = self._part / name
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return file


class ZipOutput:
    def __init__(self, target: Path) -> None:
        self._target, self._part = target, target.with_name(target.name + PART)
        self._part.unlink(missing_ok=True)
        self._stream = _private(self._part)
        # What is locked cannot be compressed.
        self._zip = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_STORED)

    def add(self, name: str, octets: bytes) -> None:
        self._zip.writestr(name, octets)

    def add_file(self, name: str, file: Path) -> None:
        with self._zip.open(name, "w", force_zip64=True) as target, file.open("rb") as source:
            shutil.copyfileobj(source, target, CHUNK)

    def finish(self) -> None:
        self._zip.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._part.rename(self._target)
        sync_folder(self._target.parent)

    def abandon(self) -> None:
        self._zip.close()
        self._stream.close()
        self._part.unlink(missing_ok=True)


class FolderInput:
    def __init__(self, source: Path) -> None:
        self._source = source

    def read(self, name: str, limit: int) -> bytes:
        with self.stream(name) as stream:
            return _limited(stream, limit)

    def stream(self, name: str) -> IO[bytes]:
        try:
            return (self._source / name).open("rb")
        except FileNotFoundError:
            raise _missing(name) from None

    def close(self) -> None:
        """Nothing stays open."""


class ZipInput:
    def __init__(self, source: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
        except zipfile.BadZipFile:
            raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "it is no ZIP") from None

    def read(self, name: str, limit: int) -> bytes:
        try:
            with self.stream(name) as stream:
                return _limited(stream, limit)
        except zipfile.BadZipFile:
            raise GatewayError(ErrorKind.ARCHIVE_REFUSED, f"{name} is damaged") from None

    def stream(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(name)
        except KeyError:
            raise _missing(name) from None

    def close(self) -> None:
        self._zip.close()


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while octets := stream.read(CHUNK):
        yield octets


def _limited(stream: IO[bytes], limit: int) -> bytes:
    octets = stream.read(limit + 1)
    if len(octets) > limit:
        raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "a file is larger than it says")
    return octets


def _missing(name: str) -> GatewayError:
    return GatewayError(ErrorKind.ARCHIVE_REFUSED, f"{name} is not there")


def _private(file: Path) -> IO[bytes]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
