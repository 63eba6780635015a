"""The drop folder: one folder an issuer, named by its number, into which it renames signed files (SFTP).

Names that begin with a dot or end in `.part` are still being written. Everything is done by handles of
folders that were opened without following links, for the issuer may write there.
"""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports.batches import Incoming

UNFINISHED = (".part", ".filepart", ".partial", ".tmp")
RUNNING, TAKEN, REFUSED = "running", "taken", "refused"
LONGEST_NAME = 150
PIECE = 1024 * 1024
BATCH_ID = 32
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Without waiting for somebody at the other end of a pipe.
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """`handle` is open and locked, unless there is a problem."""

    name: str
    problem: str
    handle: int = -1

    def is_there(self, folder: int, name: str) -> bool:
        """Whether the file of that name is this one; also when there is none: somebody was quicker."""
        try:
            there, here = os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(self.handle)
        except FileNotFoundError:
            return True
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)

    def pieces(self) -> Iterator[bytes]:
        before = os.fstat(self.handle)
        os.lseek(self.handle, 0, os.SEEK_SET)
        while piece := os.read(self.handle, PIECE):
            yield piece
        after = os.fstat(self.handle)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)


class FileDropFolder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def issuers(self) -> Sequence[int]:
        return [int(name) for name in self._numbered()]

    def _numbered(self) -> Sequence[str]:
        """Names of folders that are issuers' numbers."""
        try:
            folders = [entry.name for entry in os.scandir(self._root) if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []
        return sorted(name for name in folders if name.isascii() and name.isdigit() and len(name) <= 4)

    def incoming(self, issuer: int) -> Iterator[DroppedFile]:
        with self._folder(issuer) as folder:
            for name in sorted(_names(folder)):
                if name.startswith(".") or name.endswith(UNFINISHED):
                    continue
                with _opened(folder, name) as file:
                    if file is not None:
                        yield file

    def begin(self, issuer: int, file: Incoming, batch_id: str) -> None:
        kept = f"{batch_id}-{_safe(file.name)}"
        with self._folder(issuer) as folder, self._folder(issuer, RUNNING) as running:
            _move(folder, file.name, running, kept)
            if not file.is_there(running, kept):
                # Another file came under its name meanwhile, and nobody has read that one.
                _move(running, kept, folder, _safe(kept))

    def begun(self, issuer: int) -> Sequence[tuple[str, str]]:
        with self._folder(issuer, RUNNING) as running:
            names = sorted(_names(running))
        return [(name[:BATCH_ID], name[BATCH_ID + 1 :]) for name in names if name[BATCH_ID:][:1] == "-"]

    def put_back(self, issuer: int, name: str, batch_id: str) -> None:
        kept = f"{batch_id}-{name}"
        with self._folder(issuer) as folder, self._folder(issuer, RUNNING) as running:
            # Under a name that no other file has; what the issuer called it may have come again.
            _move(running, kept, folder, _safe(kept))

    def end(self, issuer: int, name: str, batch_id: str, *, taken: bool, report: Iterable[str]) -> None:
        kept = f"{batch_id}-{name}"
        with (
            self._folder(issuer, RUNNING) as running,
            self._folder(issuer, TAKEN if taken else REFUSED) as beside,
        ):
            _write(beside, f"{kept}.csv", report)
            _move(running, kept, beside, kept)

    def refuse(self, issuer: int, name: str, report: Iterable[str]) -> None:
        kept = f"{uuid4().hex}-{_safe(name)}"
        with self._folder(issuer) as folder, self._folder(issuer, REFUSED) as refused:
            _write(refused, f"{kept}.csv", report)
            _move(folder, name, refused, kept)

    @contextmanager
    def _folder(self, issuer: int, inside: str = "") -> Iterator[int]:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) for a folder that cannot be used, or is a link."""
        names = [name for name in self._numbered() if int(name) == issuer]
        try:
            handle = os.open(self._root / names[0], FOLDER_FLAGS)
            if inside:
                handle = _inner(handle, inside)
        except (OSError, LookupError) as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        try:
            yield handle
        finally:
            os.close(handle)


def _inner(parent: int, name: str) -> int:
    try:
        with suppress(FileExistsError):
            os.mkdir(name, 0o770, dir_fd=parent)
            os.fsync(parent)
        return os.open(name, FOLDER_FLAGS, dir_fd=parent)
    finally:
        os.close(parent)


def _names(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


@contextmanager
def _opened(folder: int, name: str) -> Iterator[DroppedFile | None]:
    """The file, locked; None for a folder, for what has gone, and for what another process has in hand."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        mode = stat.S_IFDIR
    if stat.S_ISDIR(mode):
        yield None
        return
    if problem := _problem(name, mode):
        yield DroppedFile(name, problem)
        return
    try:
        handle = os.open(name, FILE_FLAGS, dir_fd=folder)
    except OSError:
        yield None
        return
    try:
        yield DroppedFile(name, "", handle) if _locked(folder, name, handle) else None
    finally:
        os.close(handle)


def _problem(name: str, mode: int) -> str:
    if not stat.S_ISREG(mode):
        return "it is a link, a pipe or a device, not a file"
    if _safe(name) != name:
        return f"its name is longer than {LONGEST_NAME} octets, or holds what cannot be shown"
    return ""


def _locked(folder: int, name: str, handle: int) -> bool:
    """Whether the file is ours, and still the one of that name, and one that may be read."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        there, here = os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(handle)
    except OSError:
        return False
    return stat.S_ISREG(here.st_mode) and (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _safe(name: str) -> str:
    octets = os.fsencode(name)
    if len(octets) <= LONGEST_NAME and name.isprintable():
        return name
    return hashlib.sha256(octets).hexdigest()


def _move(origin: int, name: str, to: int, as_name: str) -> None:
    """Synced. Whoever was quicker has done the same."""
    with suppress(FileNotFoundError):
        os.rename(name, as_name, src_dir_fd=origin, dst_dir_fd=to)
    os.fsync(to)
    os.fsync(origin)


def _write(folder: int, name: str, lines: Iterable[str]) -> None:
    """Whole or not at all."""
    draft = f".{uuid4().hex}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o660, dir_fd=folder)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)
