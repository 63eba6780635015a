"""The sweep removes what no row knows, and never what may still get its row."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import keyring
from gateway.adapters.vault.files import FileVault, owner_folder
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.sweep import sweep
from gateway.adapters.vault.synced import UNFINISHED
from gateway.domain.errors import GatewayError
from tests.storage_samples import NOW, guid

HOURS = timedelta(hours=2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(tmp_path: Path, root: Path) -> FileVault:
    keyring.create(tmp_path / "keys", NOW)
    return FileVault(root, Keyring(tmp_path / "keys"))


def _now() -> datetime:
    return datetime.now(UTC)


def test_old_orphans_go_and_owned_blobs_stay(vault: FileVault, root: Path, database: SqlDatabase) -> None:
    """A folder without a key row goes once it is old; one with its row stays readable for ever."""
    key = vault.new_key()
    [digest] = vault.put(guid(1), key, [b"owned"])
    vault.put(guid(2), key, [b"orphan"])
    with database.write() as unit:
        unit.keys.add(guid(1), key)
        unit.commit()
    assert sweep(root, database, _now() + HOURS) == 1
    assert vault.get(guid(1), key, digest) == b"owned"
    assert not owner_folder(root, guid(2)).exists()
    assert sweep(root, database, _now() + HOURS) == 0


def test_young_orphans_are_left_alone(vault: FileVault, root: Path, database: SqlDatabase) -> None:
    """Within the hour a blob's row may still be on its way, whatever the folder's own age."""
    vault.put(guid(1), vault.new_key(), [b"young"])
    assert sweep(root, database, _now() + timedelta(minutes=59)) == 0
    folder = owner_folder(root, guid(1))
    os.utime(folder, (0, 0))
    assert sweep(root, database, _now() + timedelta(minutes=59)) == 0
    assert folder.exists()
    assert sweep(root, database, _now() + timedelta(minutes=61)) == 1


def test_old_drafts_go_from_owned_folders(vault: FileVault, root: Path, database: SqlDatabase) -> None:
    """A draft that a crash left beside good blobs goes once it is old; a young one stays."""
    key = vault.new_key()
    [digest] = vault.put(guid(1), key, [b"owned"])
    with database.write() as unit:
        unit.keys.add(guid(1), key)
        unit.commit()
    old, young = (owner_folder(root, guid(1)) / f"{UNFINISHED}{age}" for age in ("old", "young"))
    old.write_bytes(b"")
    young.write_bytes(b"")
    os.utime(old, (0, 0))
    assert sweep(root, database, _now()) == 1
    assert (old.exists(), young.exists()) == (False, True)
    assert vault.get(guid(1), key, digest) == b"owned"


def test_silent_database_deletes_nothing(vault: FileVault, root: Path) -> None:
    """When the database cannot tell what is known, everything stays."""
    vault.put(guid(1), vault.new_key(), [b"orphan?"])
    nowhere = SqlDatabase(build_engine("postgresql://x@127.0.0.1:1/x"))
    with pytest.raises(GatewayError):
        sweep(root, nowhere, _now() + HOURS)
    assert owner_folder(root, guid(1)).exists()
