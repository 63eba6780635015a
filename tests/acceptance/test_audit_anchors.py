"""The audit log of a whole gateway, anchored in the deposit files that a notary holds."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.crypto.xades_levels import Levels
from gateway.bootstrap import commands
from gateway.bootstrap.audit_commands import Desk
from gateway.entrypoints.cli.actions import Actions
from gateway.entrypoints.cli.main import run
from gateway.usecases.audit_trail import AuditTrail
from gateway.usecases.deposit import XML_FILE
from tests.audit_samples import unguarded
from tests.house import House
from tests.seal_samples import Workshop

DAY = timedelta(days=1)


def audit(house: House, *words: str | Path) -> int:
    """Run the command over the house's own database."""

    @contextmanager
    def desk(_config: Path | None) -> Iterator[Desk]:
        yield Desk(house.settings, house.clock, AuditTrail(house.tech.database))

    real = commands.actions()
    fields = {name: getattr(real, name) for name in Actions.__slots__}
    return run(["audit", *map(str, words)], Actions(**(fields | {"audit": desk})))


def deposited(house: House, folder: Path) -> Path:
    """The file of a deposit, as the notary got it."""
    house.submit()
    house.drain()
    house.clock.advance(DAY)
    deposit = house.system.deposits.make()
    assert deposit is not None
    file = folder / f"{deposit.file_name}.xml"
    with house.tech.database.read() as uow:
        octets = uow.deposits.file(deposit.number, XML_FILE)
    assert octets is not None
    file.write_bytes(octets)
    return file


def newest(house: House) -> int:
    return AuditTrail(house.tech.database).heads()[0].sequence


def cut(house: House, after: int) -> None:
    """As an administrator who restores an old state: entries gone, and the note set back."""
    with house.tech.database.engine.begin() as connection, unguarded(connection):
        connection.execute(text("DELETE FROM audit_entries WHERE sequence > :after"), {"after": after})
        back = "SELECT digest FROM audit_entries WHERE sequence = :after"
        change = f"UPDATE audit_heads SET sequence = :after, digest = ({back})"
        connection.execute(text(change), {"after": after})


def test_a_deposit_vouches_for_the_log_as_it_was(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was audited before the deposit is anchored, the deposit's own entries and later ones are not."""
    before = newest(house)
    file = deposited(house, tmp_path)
    house.system.support.disable_issuer(99)
    assert audit(house, "verify", "--anchor", file) == 0
    told = dict(line.split("\t", 1) for line in capsys.readouterr().out.splitlines())
    assert told["anchor"].startswith(f"{file.name}\theads=1\tTOTAL-PASSED\tsigner=CN=Fehaciente")
    assert told["anchored"] == f"node1\t{before}"
    assert told["unanchored"] == f"node1\t{newest(house) - before}"


def test_a_cut_end_is_found_by_the_deposit(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Truncated with its note: sound in itself, and found by the file that the notary holds."""
    before = newest(house)
    file = deposited(house, tmp_path)
    cut(house, before - 1)
    assert audit(house, "verify") == 0
    capsys.readouterr()
    assert audit(house, "verify", "--anchor", file) == 1
    assert f"BROKEN\tnode1\t{before}\tis missing" in capsys.readouterr().out


def test_a_restored_backup_that_went_on_is_found_by_the_deposit(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """New entries over the old end have other digests than the notary's file says."""
    before = newest(house)
    file = deposited(house, tmp_path)
    cut(house, before - 1)
    for number in range(5):
        house.system.support.disable_issuer(number + 50)
    assert audit(house, "verify") == 0
    capsys.readouterr()
    assert audit(house, "verify", "--anchor", file) == 1
    assert f"BROKEN\tnode1\t{before}\tis not the entry that is held outside" in capsys.readouterr().out


def test_a_restored_database_file_is_found_by_the_deposit(
    small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole file as it was yesterday, consistent in everything: only the notary knows better."""
    database = small_house.settings.gateway.data / "fehaciente.sqlite"
    with sqlite3.connect(database) as now, sqlite3.connect(tmp_path / "backup") as backup:
        now.backup(backup)
    now.close()
    backup.close()
    small_house.system.support.disable_issuer(77)
    file = deposited(small_house, tmp_path)
    assert audit(small_house, "verify", "--anchor", file) == 0
    missing = newest(small_house) - 2
    small_house.close()
    for part in database.parent.glob("fehaciente.sqlite*"):
        part.unlink()
    (tmp_path / "backup").rename(database)
    small_house.open()
    assert audit(small_house, "verify") == 0
    capsys.readouterr()
    assert audit(small_house, "verify", "--anchor", file) == 1
    assert f"BROKEN\tnode1\t{missing}\tis missing" in capsys.readouterr().out


def test_a_forged_anchor_is_refused(
    small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Heads that somebody wrote into the file are not believed, nor is another installation's file."""
    file = deposited(small_house, tmp_path)
    good = file.read_bytes()
    forged = re.sub(rb"(<[\w:]*sequence>)\d+", rb"\g<1>1", good)
    assert forged != good
    file.write_bytes(forged)
    assert audit(small_house, "verify", "--anchor", file) == 1
    assert "signature" in capsys.readouterr().err
    file.write_bytes(re.sub(rb"(<[\w:]*installation>)\d+", rb"\g<1>424242", good))
    assert audit(small_house, "verify", "--anchor", file) == 1
    assert "424242" in capsys.readouterr().err
    file.write_bytes(b"<Deposit/>")
    assert audit(small_house, "verify", "--anchor", file) == 1
    assert audit(small_house, "verify", "--anchor", tmp_path / "none.xml") == 2


def test_an_anchor_sealed_by_a_stranger_is_refused(
    small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """True heads in a file that anybody made: by another root, or by a server's key under our own."""
    file = deposited(small_house, tmp_path)
    unsealed = re.sub(rb"<ds:Signature .*</ds:Signature>", b"", file.read_bytes(), flags=re.DOTALL)
    strangers = Workshop.create(tmp_path / "strangers", small_house.clock.now())
    ours = Workshop(small_house.settings.pki.anchors.parent)
    for workshop, name in ((strangers, "seal"), (ours, "tls")):
        workshop.clock.moment = small_house.clock.now()
        levels = Levels(workshop.client(), None, Level.B_T)
        sealed = Sealer(workshop.signer(name), levels, workshop.clock).seal(unsealed)
        file.write_bytes(sealed.octets)
        assert audit(small_house, "verify", "--anchor", file) == 1
        told = capsys.readouterr()
        assert "signature" in told.err
        assert "anchored" not in told.out


def test_an_anchor_whose_proof_has_ended_is_not_a_pass(
    small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Years later the signature of a single file is undecided: the chain is compared, and the exit says 3."""
    file = deposited(small_house, tmp_path)
    small_house.clock.advance(timedelta(days=6 * 365))
    assert audit(small_house, "verify", "--anchor", file) == 3
    assert "INDETERMINATE" in capsys.readouterr().out
