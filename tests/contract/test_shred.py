"""Shredding: survivors open as before, purged data keys open nowhere, also not from an old backup."""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.keyring import Keyring
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.key_backup import KeyBackup, Restored
from gateway.usecases.shred import GRACE, Shred, Shredded
from tests.storage_samples import NOW, guid

MONTH = timedelta(days=31)


@dataclass
class Cohorts:
    """A database with data keys of one cohort, and a clock that tests let advance."""

    database: SqlDatabase
    folder: Path
    at: datetime = NOW
    audited: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        kek_files.create(self.folder, self.at)
        self.ring = Keyring(self.folder)
        self.shred = Shred(self.database, self.ring, self, lambda *words: self.audited.append(words))

    def now(self) -> datetime:
        return self.at

    def add(self, *numbers: int) -> list[DataKey]:
        keys = [self.ring.new_key() for _ in numbers]
        with self.database.write() as unit:
            for number, key in zip(numbers, keys, strict=True):
                unit.keys.add(guid(number), key)
            unit.commit()
        return keys

    def wait(self, time: timedelta) -> None:
        self.at += time
        kek_files.rotate(self.folder, self.at, "month")

    def purge(self, *numbers: int) -> None:
        with self.database.write() as unit:
            for number in numbers:
                assert unit.keys.destroy(guid(number))
            unit.commit()

    def kek(self, number: int) -> str:
        with self.database.read() as unit:
            return unit.keys.get(guid(number)).kek_id


@pytest.fixture
def cohorts(database: SqlDatabase, tmp_path: Path) -> Cohorts:
    return Cohorts(database, tmp_path / "keys")


def _dead(ring: Keyring, key: DataKey) -> bool:
    with pytest.raises(GatewayError) as caught:
        ring.open(key)
    return caught.value.kind is ErrorKind.KEY_DESTROYED


def test_survivors_are_wrapped_anew_and_the_old_key_dies(cohorts: Cohorts) -> None:
    """After both rounds the survivors open under the newest key, and the purged copy opens nowhere."""
    purged, survivor = cohorts.add(1, 2)
    old = purged.kek_id
    cohorts.purge(1)
    cohorts.wait(MONTH)
    assert cohorts.shred([old]) == Shredded(rewrapped=1, waiting=(old,))
    assert cohorts.ring.open(survivor), "readers may still hold the old wrapping"
    assert cohorts.shred([old]) == Shredded(waiting=(old,)), "a reader's time is not over"
    cohorts.wait(GRACE)
    assert cohorts.shred([old]) == Shredded(destroyed=(old,))
    assert cohorts.kek(2) == cohorts.ring.newest()
    with cohorts.database.read() as unit:
        assert cohorts.ring.unwrap(unit.keys.get(guid(2)))
    assert _dead(cohorts.ring, purged)
    assert cohorts.audited == [("kek-destroyed", old)]
    assert cohorts.shred.due() == Shredded()


def test_the_job_waits_for_the_others_of_a_cohort(cohorts: Cohorts) -> None:
    """Purges of a whole month are shredded in one go: the delay runs from the first one that was seen."""
    [key, *_] = cohorts.add(1, 2, 3)
    cohorts.wait(MONTH + GRACE)
    cohorts.purge(1)
    assert cohorts.shred.due() == Shredded(waiting=(key.kek_id,))
    cohorts.wait(MONTH - GRACE)
    cohorts.purge(2)
    assert cohorts.shred.due().rewrapped == 0
    cohorts.wait(GRACE)
    assert cohorts.shred.due() == Shredded(rewrapped=1, waiting=(key.kek_id,))
    cohorts.wait(GRACE)
    assert cohorts.shred.due().destroyed == (key.kek_id,)


def test_the_newest_key_never_dies(cohorts: Cohorts) -> None:
    """However long it was condemned, the key that wraps today's submissions stays."""
    [key] = cohorts.add(1)
    cohorts.purge(1)
    cohorts.at += 12 * MONTH
    assert cohorts.shred([key.kek_id]) == Shredded(waiting=(key.kek_id,))
    assert cohorts.ring.opens(key)


def test_a_submission_under_way_is_found_by_the_last_look(cohorts: Cohorts) -> None:
    """A data key committed late, under a key that was emptied already, is wrapped anew before it dies."""
    [key] = cohorts.add(1)
    late = cohorts.ring.new_key()
    cohorts.purge(1)
    cohorts.wait(MONTH)
    assert cohorts.shred([key.kek_id]).waiting
    with cohorts.database.write() as unit:
        unit.keys.add(guid(9), late)
        unit.commit()
    cohorts.wait(GRACE)
    assert cohorts.shred([key.kek_id]) == Shredded(rewrapped=1, waiting=(key.kek_id,))
    cohorts.wait(GRACE)
    assert cohorts.shred([key.kek_id]).destroyed
    with cohorts.database.read() as unit:
        assert cohorts.ring.unwrap(unit.keys.get(guid(9)))


@pytest.mark.parametrize("crash", ["rewrapping", "destroying", "telling"])
def test_rounds_go_on_after_a_crash(cohorts: Cohorts, crash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a crash interrupts is finished by later rounds, and no survivor is lost."""
    purged, *_ = cohorts.add(1, 2, 3)
    cohorts.purge(1)
    cohorts.wait(MONTH)
    shred = cohorts.shred
    with monkeypatch.context() as patch:
        if crash == "rewrapping":
            _break(patch, Keyring, "rewrap", after=1)
        elif crash == "destroying":
            _break(patch, kek_files, "_overwrite", after=0)
        else:
            shred = replace(shred, audit=_refuse)
        with pytest.raises(OSError, match="crash"):
            _rounds(cohorts, shred, purged.kek_id)
    _rounds(cohorts, cohorts.shred, purged.kek_id)
    assert _dead(cohorts.ring, purged)
    assert not (cohorts.folder / f"kek-{purged.kek_id}.key").exists()
    for number in (2, 3):
        with cohorts.database.read() as unit:
            assert cohorts.ring.unwrap(unit.keys.get(guid(number)))
    assert ("kek-destroyed", purged.kek_id) in cohorts.audited
    assert cohorts.shred.due() == Shredded()


def _rounds(cohorts: Cohorts, shred: Shred, kek_id: str) -> None:
    for _ in range(3):
        shred([kek_id])
        cohorts.wait(GRACE)


def _break(patch: pytest.MonkeyPatch, target: object, name: str, *, after: int) -> None:
    real, calls = getattr(target, name), []

    def broken(*arguments: object) -> object:
        calls.append(arguments)
        return _refuse() if len(calls) > after else real(*arguments)

    patch.setattr(target, name, broken)


def _refuse(*_: object) -> None:
    raise OSError("crash")


def test_racing_rounds_lose_no_key(cohorts: Cohorts) -> None:
    """Four rounds at once, while survivors are purged and read, leave every key that is left readable."""
    keys = dict(zip(range(1, 61), cohorts.add(*range(1, 61)), strict=True))
    old = keys[1].kek_id
    cohorts.purge(1)
    cohorts.wait(MONTH)
    errors: list[Exception] = []

    def run(action: object) -> None:
        try:
            action()  # type: ignore[operator]
        except Exception as error:
            errors.append(error)

    actions = [lambda: cohorts.shred([old]) for _ in range(4)]
    actions += [lambda number=number: cohorts.purge(number) for number in range(2, 12)]  # type: ignore[misc]
    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    cohorts.wait(GRACE)
    assert old in cohorts.shred([old]).destroyed
    with cohorts.database.read() as unit:
        assert [unit.keys.find(guid(number)) for number in range(1, 12)] == [None] * 11
        for number in range(12, 61):
            assert cohorts.ring.unwrap(unit.keys.get(guid(number)))


def test_a_data_key_that_does_not_open_stops_its_cohort(cohorts: Cohorts) -> None:
    """The old key is not destroyed over a row that could not be wrapped anew, and the owner is named."""
    [key] = cohorts.add(1)
    with cohorts.database.write() as unit:
        unit.keys.add(guid(2), DataKey(key.kek_id, b"\0" * 60))
        unit.commit()
    cohorts.purge(1)
    cohorts.wait(MONTH)
    with pytest.raises(GatewayError, match=guid(2)) as caught:
        cohorts.shred([key.kek_id])
    assert caught.value.kind is ErrorKind.INTERNAL
    assert cohorts.ring.opens(key)


def test_a_data_key_that_does_not_open_stops_no_other_cohort(cohorts: Cohorts) -> None:
    """The next cohort's survivors are wrapped anew, and its key dies; the failure is told in each round."""
    [broken] = cohorts.add(1)
    with cohorts.database.write() as unit:
        unit.keys.add(guid(2), DataKey(broken.kek_id, b"\0" * 60))
        unit.commit()
    cohorts.wait(MONTH)
    later, _ = cohorts.add(3, 4)
    assert later.kek_id > broken.kek_id
    cohorts.purge(1, 3)
    cohorts.wait(MONTH)
    for _ in range(2):
        with pytest.raises(GatewayError, match=guid(2)):
            cohorts.shred([broken.kek_id, later.kek_id])
        cohorts.wait(GRACE)
    assert _dead(cohorts.ring, later)
    assert cohorts.ring.opens(broken)


def test_more_survivors_than_a_batch(cohorts: Cohorts) -> None:
    """Batches follow each other until none is left."""
    keys = cohorts.add(*range(1, 1203))
    cohorts.purge(1)
    cohorts.wait(MONTH)
    assert cohorts.shred([keys[0].kek_id]).rewrapped == 1201


def test_exported_keys_open_an_old_backup_except_what_was_purged(cohorts: Cohorts) -> None:
    """Old rows with the newest wrappings applied: survivors open again, the purged one stays dead."""
    purged, survivor, untouched = cohorts.add(1, 2, 3)
    backup = {guid(1): purged, guid(2): survivor}
    cohorts.purge(1)
    cohorts.wait(MONTH)
    for _ in range(2):
        cohorts.wait(GRACE)
        cohorts.shred([purged.kek_id])
    store = KeyBackup(cohorts.database, cohorts.ring, lambda *words: cohorts.audited.append(words))
    exported = list(store.export())
    assert [owner for owner, _ in exported] == [guid(2), guid(3)]
    with cohorts.database.write() as unit:
        # The database is as it was before the purge; owner 3 came later and is not in it.
        for owner in (guid(2), guid(3)):
            unit.keys.destroy(owner)
        for owner, key in backup.items():
            unit.keys.add(owner, key)
        unit.commit()
    assert store.restore(exported) == Restored(renewed=1, unknown=1)
    assert store.restore(exported) == Restored(kept=1, unknown=1)
    assert cohorts.audited[-1] == ("data-keys-imported", "0")
    with cohorts.database.read() as unit:
        assert cohorts.ring.unwrap(unit.keys.get(guid(2)))
        assert _dead(cohorts.ring, unit.keys.get(guid(1)))
    assert untouched


def test_imported_keys_that_open_nothing_change_nothing(cohorts: Cohorts) -> None:
    """A wrapping from another installation is refused, also when its key-encryption key is newer."""
    [key] = cohorts.add(1)
    store = KeyBackup(cohorts.database, cohorts.ring, lambda *_: None)
    foreign = DataKey("99991231T235959Z-00000000", b"\0" * 60)
    assert store.restore([(guid(1), foreign)]) == Restored(dead=1)
    with cohorts.database.read() as unit:
        assert unit.keys.get(guid(1)) == key


def test_export_pages_through_every_owner(cohorts: Cohorts) -> None:
    """More owners than a page holds come out once each, in order."""
    cohorts.add(*range(1, 1102))
    owners = [owner for owner, _ in KeyBackup(cohorts.database, cohorts.ring, lambda *_: None).export()]
    assert owners == sorted(guid(number) for number in range(1, 1102))
