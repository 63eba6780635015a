"""Removes what no row knows: blobs of submissions that a crash ended before their commit.

It asks the database and deletes; a young folder or file is never touched, for its row may be on its way.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from gateway.adapters.vault.synced import UNFINISHED
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Database, UnitOfWork

YOUNG = timedelta(hours=1)


def sweep(root: Path, database: Database, now: datetime, young: timedelta = YOUNG) -> int:
    """Delete owners' folders without a data key, and drafts of crashed writes; returns how many of both.

    Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the database cannot tell: then nothing more is deleted.
    """
    limit = (now - young).timestamp()
    removed = 0
    for shard in _folders(root):
        with database.read() as unit:
            for folder in _folders(shard):
                removed += _sweep_owner(folder, unit, limit)
    return removed


def _sweep_owner(folder: Path, unit: UnitOfWork, limit: float) -> int:
    try:
        if _newest(folder) < limit and not known(folder.name, unit):
            shutil.rmtree(folder)
            return 1
        return sum(_remove_draft(draft, limit) for draft in folder.glob(f"{UNFINISHED}*"))
    except FileNotFoundError:
        # Another process sweeps too, or a draft has just got its name.
        return 0


def _newest(folder: Path) -> float:
    """The last change of the folder or of any file in it, in seconds since the epoch."""
    return max(folder.stat().st_mtime, *(path.stat().st_mtime for path in folder.iterdir()), 0.0)


def known(owner: str, unit: UnitOfWork) -> bool:
    try:
        unit.keys.get(owner)
    except GatewayError as error:
        if error.kind is ErrorKind.NOT_FOUND:
            return False
        raise
    return True


def _remove_draft(draft: Path, limit: float) -> int:
    if draft.stat().st_mtime >= limit:
        return 0
    draft.unlink()
    return 1


def _folders(parent: Path) -> Iterator[Path]:
    return (path for path in sorted(parent.iterdir()) if path.is_dir() and not path.is_symlink())
