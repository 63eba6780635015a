"""Files and folders that survive a power cut once these functions return.

A rename is durable only when its folder was synced, a new folder only when its parent was.
"""

import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

UNFINISHED = ".unfinished-"


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files of one folder, each whole or not at all, and sync the folder once."""
    drafts: list[tuple[Path, Path]] = []
    try:
        for name, octets in contents.items():
            draft = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
            drafts.append((draft, folder / name))
            _write(draft, octets)
        for draft, final in drafts:
            draft.rename(final)
    except OSError:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
        raise
    sync_folder(folder)


def make_folder(folder: Path) -> None:
    """Make a folder of mode 0700 and the parents that are missing, and sync what gained an entry."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder with its files, and sync its parent; one that is not there is no error."""
    while folder.exists():
        # Whoever removes it too may be a file ahead.
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, octets: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
