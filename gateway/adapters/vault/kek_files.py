"""Key-encryption keys as files of one folder: made, one a cohort, and destroyed for good.

A destroyed key leaves a tombstone, which outlives every attempt to bring the key back from a backup. What
keys do is the keyring's; which of them may go is the use case's.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from gateway.adapters.vault.synced import make_folder, sync_folder, write_all
from gateway.domain.errors import ErrorKind, GatewayError

FILE = re.compile(r"kek-([0-9A-Za-z]+-[0-9a-f]{8})\.key", re.ASCII)
TOMBSTONE = re.compile(r"kek-([0-9A-Za-z]+-[0-9a-f]{8})\.destroyed", re.ASCII)
LOCK = "kek.lock"
TIME = "%Y%m%dT%H%M%SZ"
KEY_BYTES = 32
# Instants of one cohort are written alike.
NEVER = "never"
COHORTS = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m", "year": "%Y"}


def create(folder: Path, now: datetime) -> str:
    """Add a key-encryption key and return its id, which begins with its time: the greatest is the newest.

    One key wraps at most 2**32 data keys (NIST SP 800-38D, 8.3): make a new one long before.
    """
    kek_id = f"{now.astimezone(UTC):{TIME}}-{secrets.token_hex(4)}"
    make_folder(folder)
    write_all(folder, {f"kek-{kek_id}.key": secrets.token_bytes(KEY_BYTES).hex().encode() + b"\n"})
    return kek_id


def rotate(folder: Path, now: datetime, cohort: str) -> str | None:
    """Make the key of the present cohort unless there is one; its id when this call made it.

    `cohort` is day, week, month or year (UTC), or never. Processes take turns, so one of them makes it.
    """
    if cohort == NEVER:
        return None
    form = COHORTS[cohort]
    with _alone(folder):
        newest = max(living(folder), default="")
        made = made_at(newest) if newest else datetime.min.replace(tzinfo=UTC)
        # A clock that went back makes nothing: what it made would not be the newest.
        if made >= now or made.strftime(form) == now.astimezone(UTC).strftime(form):
            return None
        return create(folder, now)


def made_at(kek_id: str) -> datetime:
    """When a key was made. Raises GatewayError(CONFIGURATION) for an id that does not tell."""
    try:
        return datetime.strptime(kek_id.partition("-")[0], TIME).replace(tzinfo=UTC)
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, f"kek-{kek_id}.key tells no time of making") from None


def destroy(folder: Path, kek_id: str, now: datetime) -> None:
    """Tombstone first, then the key is overwritten, unlinked and the folder synced; repeating it is safe.

    Overwriting reaches what the file system still keeps in place; journals, snapshots and flash memory may
    hold older copies: keep the folder where they can be destroyed, or on an encrypted volume.
    """
    with _alone(folder):
        if kek_id not in destroyed(folder):
            told = json.dumps({"kek_id": kek_id, "destroyed_at": now.astimezone(UTC).isoformat()})
            write_all(folder, {f"kek-{kek_id}.destroyed": told.encode() + b"\n"})
        file = folder / f"kek-{kek_id}.key"
        if file.exists():
            _overwrite(file)
            file.unlink()
        sync_folder(folder)


def living(folder: Path) -> dict[str, Path]:
    """The keys in force by id. One that has its tombstone beside it is no key any more."""
    found = ((FILE.fullmatch(path.name), path) for path in folder.iterdir())
    gone = destroyed(folder)
    return {match[1]: path for match, path in found if match and match[1] not in gone}


def destroyed(folder: Path) -> frozenset[str]:
    matches = (TOMBSTONE.fullmatch(path.name) for path in folder.iterdir())
    return frozenset(match[1] for match in matches if match)


def _overwrite(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.write(secrets.token_bytes(file.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise GatewayError(ErrorKind.CONFIGURATION, "the folder of keys cannot be written") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
