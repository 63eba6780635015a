"""Old backups cannot bring back what was purged: the keys, kept apart from them, are destroyed."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.vault import kek_files
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.key_backup import KeyBackup
from gateway.usecases.shred import GRACE
from tests.custody_samples import closed, ready_to_purge
from tests.house import House

MONTH = timedelta(days=31)


def backup(house: House, folder: Path) -> Callable[[], None]:
    """Copy database and vault, never the keys; gives what puts the copies in the place of both."""
    data, vault = house.settings.gateway.data, house.settings.vault.folder
    house.close()
    folder.mkdir()
    for file in data.glob("fehaciente.sqlite*"):
        shutil.copy(file, folder / file.name)
    shutil.copytree(vault, folder / "vault")
    house.open()

    def restore() -> None:
        house.close()
        for file in data.glob("fehaciente.sqlite*"):
            file.unlink()
        for file in folder.glob("fehaciente.sqlite*"):
            shutil.copy(file, data / file.name)
        shutil.rmtree(vault)
        shutil.copytree(folder / "vault", vault)
        house.open()

    return restore


def shred(house: House) -> None:
    """What the jobs do in the weeks after a purge."""
    house.clock.advance(MONTH)
    kek_files.rotate(house.settings.vault.keys, house.clock.now(), house.settings.vault.cohort)
    for _ in range(4):
        house.system.shred.due()
        house.clock.advance(MONTH)
    assert len(kek_files.destroyed(house.settings.vault.keys)) == 1


def questions(house: House, guid: str) -> list[Callable[[], object]]:
    return [
        lambda: house.documents(guid, "ORIGINAL"),
        lambda: house.documents(guid, "STAMPED"),
        lambda: house.evidence(guid),
        lambda: house.certificates(guid),
    ]


def test_a_restored_backup_opens_nothing_of_it(small_house: House, tmp_path: Path) -> None:
    """Database and vault from before the purge, restored after the cohort's key was destroyed, give no
    document, evidence or certificate of the purged transaction; of the others they give all."""
    house = small_house
    survivor, guid = closed(house, "LOAN-0"), ready_to_purge(house)
    restore = backup(house, tmp_path / "backup")
    old_keys = list(KeyBackup(house.tech.database, house.tech.keks, house.tech.audit.append).export())
    before = [question() for question in questions(house, survivor)]
    assert all(question() for question in questions(house, guid))
    assert house.system.purge() == 1
    shred(house)
    keys = list(KeyBackup(house.tech.database, house.tech.keks, house.tech.audit.append).export())
    assert guid in dict(old_keys)
    assert guid not in dict(keys)
    restore()
    desk = KeyBackup(house.tech.database, house.tech.keks, house.tech.audit.append)
    assert desk.restore([*old_keys, *keys]).dead == 0
    for question in questions(house, guid):
        with pytest.raises(GatewayError) as caught:
            question()
        assert caught.value.kind is ErrorKind.KEY_DESTROYED
    assert [question() for question in questions(house, survivor)] == before


def test_before_its_key_is_destroyed_a_backup_still_opens(small_house: House, tmp_path: Path) -> None:
    """What the shredding adds: until the cohort's key is destroyed, a copy of both opens with it."""
    house = small_house
    guid = ready_to_purge(house)
    restore = backup(house, tmp_path / "backup")
    house.system.purge()
    house.clock.advance(GRACE)
    house.system.shred.due()
    restore()
    assert all(question() for question in questions(house, guid))
