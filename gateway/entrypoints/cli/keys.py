"""`keys`: key-encryption keys made and shredded, wrapped data keys to a file and back. It shows no key."""

import argparse
import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.key_backup import Restored
from gateway.usecases.shred import Shredded

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class KeyDesk(Protocol):
    """The keys of one installation."""

    def rotate(self) -> str: ...
    def shred(self, kek_ids: Iterable[str]) -> Shredded: ...
    def export(self) -> Iterable[tuple[str, DataKey]]: ...
    def restore(self, keys: Iterable[tuple[str, DataKey]]) -> Restored: ...


OpenKeys = Callable[[Path | None], AbstractContextManager[KeyDesk]]


def add(commands: "Commands") -> None:
    group = commands.add_parser("keys", help="keys of stored content: rotation, shredding, their backup")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("rotate", help="make a key-encryption key now; the job makes one a cohort")
    shred = actions.add_parser("shred", help="one round of shredding those that wrapped purged data keys")
    shred.add_argument("id", nargs="*", help="these without the configured wait (default: all that are due)")
    export = actions.add_parser("export", help="write all wrapped data keys, for restoring old backups")
    export.add_argument("file", type=Path)
    restore = actions.add_parser("import", help="apply the newest export to a restored database")
    restore.add_argument("file", type=Path)


def run(asked: argparse.Namespace, opened: OpenKeys) -> int:
    """Carry out one action. Raises GatewayError and OSError."""
    with opened(asked.config) as desk:
        if asked.action == "rotate":
            print(desk.rotate())
        elif asked.action == "shred":
            _told_shred(desk.shred(asked.id))
        elif asked.action == "export":
            print(f"{_write(asked.file, desk.export())} data keys in {asked.file}")
        else:
            _told_import(desk.restore(_read(asked.file)))
    return 0


def _told_shred(told: Shredded) -> None:
    print(f"{told.rewrapped} data keys wrapped anew")
    for kek_id in told.destroyed:
        print(f"{kek_id}\tdestroyed")
    for kek_id in told.waiting:
        print(f"{kek_id}\twaits for a later round")


def _told_import(told: Restored) -> None:
    print(f"{told.renewed} renewed, {told.kept} kept, {told.unknown} not in this database, {told.dead} dead")


def _write(file: Path, keys: Iterable[tuple[str, DataKey]]) -> int:
    """One JSON object a line, synced, under its name only when it is whole."""
    draft, count = file.with_name(f".{file.name}.{secrets.token_hex(4)}"), 0
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            for owner, key in keys:
                _line(stream, owner, key)
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _line(stream: IO[str], owner: str, key: DataKey) -> None:
    wrapped = base64.b64encode(key.wrapped).decode()
    stream.write(json.dumps({"owner": owner, "kek_id": key.kek_id, "wrapped": wrapped}) + "\n")


def _read(file: Path) -> Iterator[tuple[str, DataKey]]:
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield _entry(json.loads(line))
            except (ValueError, KeyError, TypeError):
                raise GatewayError(
                    ErrorKind.CONFIGURATION, f"{file.name}: line {number} is no data key"
                ) from None


def _entry(told: Any) -> tuple[str, DataKey]:
    if not isinstance(told["owner"], str) or not isinstance(told["kek_id"], str):
        raise TypeError
    return told["owner"], DataKey(told["kek_id"], base64.b64decode(told["wrapped"], validate=True))
