"""Old backups cannot bring back what was purged: database and vault are restored, and nothing of it opens."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from gateway.adapters.vault import kek_files
from gateway.adapters.vault.files import owner_folder
from gateway.domain.custody import CustodyContract
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.fixity import FixityResult
from gateway.domain.record import DataKey
from gateway.usecases.commands import Reference
from gateway.usecases.key_backup import KeyBackup
from gateway.usecases.shred import GRACE
from tests.custody_samples import bring_end, closed, deposited, pass_custody
from tests.house import BANK, House
from tests.services import postgresql_database
from tests.storage_samples import stored_text

PERSONAL = ("García", "12345678Z", "600000123", "ana@example.org", "Contrato.pdf")


@dataclass
class Backup:
    """Database and vault of a house, as they were; the keys are kept elsewhere."""

    house: House
    folder: Path

    def take(self) -> None:
        self.house.close()
        shutil.copytree(self.house.settings.vault.folder, self.folder / "vault")
        self._copy_database(self._live, self._kept)
        self.house.open()

    def restore(self) -> None:
        self.house.close()
        shutil.rmtree(self.house.settings.vault.folder)
        shutil.copytree(self.folder / "vault", self.house.settings.vault.folder)
        self._copy_database(self._kept, self._live)
        self.house.open()

    @property
    def _live(self) -> str:
        if self.house.url:
            return make_url(self.house.url).database or ""
        return str(self.house.settings.gateway.data / "fehaciente.sqlite")

    @property
    def _kept(self) -> str:
        return f"{self._live}_backup" if self.house.url else str(self.folder / "fehaciente.sqlite")

    def _copy_database(self, source: str, target: str) -> None:
        if not self.house.url:
            shutil.copyfile(source, target)
            return
        admin = make_url(self.house.url).set(drivername="postgresql", database="postgres")
        with psycopg.connect(admin.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{target}"')
            connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


@pytest.fixture(params=["sqlite", "postgresql"])
def own_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on a database of its own, which a test may put away and bring back."""
    with ExitStack() as stack:
        url = stack.enter_context(postgresql_database()) if request.param == "postgresql" else ""
        house = House(tmp_path / "house", url)
        yield house
        house.close()


@dataclass
class Past:
    """A purged transaction, a survivor, and everything as it was before the purge."""

    house: House
    purged: str
    survivor: str
    backup: Backup
    old_key: DataKey
    exported: list[tuple[str, DataKey]]


@pytest.fixture
def past(own_house: House, tmp_path: Path) -> Past:
    house = own_house
    purged, survivor = closed(house, "LOAN-1"), closed(house, "LOAN-2")
    deposited(house)
    pass_custody(house, purged)
    backup = Backup(house, tmp_path / "backup")
    backup.folder.mkdir()
    backup.take()
    with house.tech.database.read() as uow:
        old_key = uow.keys.get(purged)
    assert house.system.purge() == 1
    kek_files.create(house.settings.vault.keys, house.clock.now())
    for _ in range(3):
        house.system.shred([old_key.kek_id])
        house.clock.advance(GRACE)
    assert house.tech.keks.is_destroyed(old_key.kek_id)
    return Past(house, purged, survivor, backup, old_key, list(_keys(house).export()))


def _keys(house: House) -> KeyBackup:
    return KeyBackup(house.tech.database, house.tech.keks, house.tech.audit.append)


def _kind(action: Callable[..., object], *arguments: object) -> ErrorKind | None:
    try:
        action(*arguments)
    except GatewayError as error:
        return error.kind
    return None


def _everything_of(house: House, guid: str) -> list[Callable[[], object]]:
    support, reference = house.system.support, Reference(guid)
    return [
        lambda: support.state(reference),
        lambda: support.events(reference),
        lambda: support.evidence(reference),
        lambda: support.stamped(reference),
        lambda: support.certificates(reference),
        lambda: house.documents(guid, "ORIGINAL"),
    ]


def test_a_restored_backup_opens_for_survivors_only(past: Past) -> None:
    """With the newest data keys applied the survivor reads as before; of what was purged nothing opens:
    no row, no document, no evidence, no certificate."""
    house = past.house
    assert all(_kind(action) is None for action in _everything_of(house, past.survivor))
    past.backup.restore()
    assert _kind(house.status, past.survivor) is ErrorKind.KEY_DESTROYED, "its wrapping is the old one"
    told = _keys(house).restore(past.exported)
    assert (told.renewed, told.dead) == (1, 0)
    assert all(_kind(action) is None for action in _everything_of(house, past.survivor))
    assert house.verified(house.evidence(past.survivor)[0].octets)
    assert {_kind(action) for action in _everything_of(house, past.purged)} == {ErrorKind.KEY_DESTROYED}
    assert owner_folder(house.settings.vault.folder, past.purged).exists(), "blobs came back, as ciphertext"
    assert [word for word in PERSONAL if word in stored_text(house.tech.database)] == []


def test_no_key_that_lives_opens_the_old_wrapping(past: Past) -> None:
    """The data key of the backup opens under none of the keys that are left, whatever it is called."""
    ring = past.house.tech.keks
    living = kek_files.living(past.house.settings.vault.keys)
    assert past.old_key.kek_id not in living
    assert not any(ring.opens(DataKey(kek_id, past.old_key.wrapped)) for kek_id in living)
    assert not ring.opens(past.old_key)


def test_what_came_back_is_erased_again(past: Past) -> None:
    """The next purge takes the dead rows and blobs away that a restored backup brought, and goes on."""
    house = past.house
    past.backup.restore()
    _keys(house).restore(past.exported)
    pass_custody(house, past.survivor)
    assert house.system.purge() == 1
    assert house.system.purge() == 0
    for guid in (past.purged, past.survivor):
        assert not owner_folder(house.settings.vault.folder, guid).exists()
        with house.tech.database.read() as uow:
            assert uow.transactions.get(guid) is None
            assert uow.keys.find(guid) is None


def test_background_work_goes_on_beside_the_dead(past: Past) -> None:
    """Fixity names what does not open and checks the rest; contracts extend the others' custody."""
    house = past.house
    past.backup.restore()
    _keys(house).restore(past.exported)
    end = bring_end(house, past.survivor, timedelta(days=5))
    contract = CustodyContract(BANK.number, 12, end + timedelta(days=365), house.clock.now())
    with house.tech.database.write() as uow:
        uow.custody.set_contract(contract)
        uow.commit()
    assert house.system.extend_custody.by_contract() == 1
    _, checks = house.system.fixity.everything(paced=False)
    results = {check.owner: check.result for check in checks}
    assert (results[past.survivor], results[past.purged]) == (FixityResult.OK, FixityResult.FAILED)
    assert house.system.expire_due() == 0


def test_without_its_data_key_nothing_is_erased(past: Past) -> None:
    """Rows whose data key is not there at all, for somebody forgot to restore that table, stay for repair."""
    house = past.house
    past.backup.restore()
    with house.tech.database.write() as uow:
        uow.keys.destroy(past.purged)
        uow.commit()
    assert house.system.purge() == 0
    assert owner_folder(house.settings.vault.folder, past.purged).exists()


def test_an_old_backup_before_shredding_opens_until_then(own_house: House, tmp_path: Path) -> None:
    """What shredding is for: after a purge an old copy of the data key still opens, and then never."""
    house = own_house
    guid = closed(house)
    deposited(house)
    pass_custody(house, guid)
    with house.tech.database.read() as uow:
        key = uow.keys.get(guid)
    house.system.purge()
    assert house.tech.keks.opens(key)
    house.clock.advance(house.settings.vault.shred_after)
    house.system.shred.due()
    kek_files.rotate(house.settings.vault.keys, house.clock.now(), house.settings.vault.cohort)
    for _ in range(3):
        house.clock.advance(house.settings.vault.shred_after)
        house.system.shred.due()
    assert not house.tech.keks.opens(key)
