"""Fixity: what is stored is verified again, what is wrong is found and told, and nothing is repaired."""

import csv
import io
import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from gateway.adapters.vault.files import owner_folder
from gateway.domain.fixity import FixityFailure, FixityProblem, FixityResult
from tests.acceptance.test_custody_commands import custody
from tests.custody_samples import audited, closed, deposited, pass_custody, ready_to_purge
from tests.house import House
from tests.orders import order

DAY = timedelta(days=1)


def check_all(house: House) -> dict[str, FixityResult]:
    _, checks = house.system.fixity.everything(paced=False)
    return {check.owner: check.result for check in checks}


def failures(house: House) -> list[tuple[str, FixityProblem]]:
    return [(failure.object, failure.problem) for failure in house.system.fixity.failures()]


def blobs(house: House, guid: str) -> list[str]:
    return sorted(path.name for path in owner_folder(house.settings.vault.folder, guid).iterdir())


def test_what_is_whole_is_found_whole(house: House) -> None:
    """Every blob, evidence, certificate and time-stamp of a closed transaction, and of a refused one's
    owner, counts; nothing is wrong."""
    guid = closed(house)
    [check] = house.system.fixity.everything(paced=False)[1]
    assert (check.owner, check.result) == (guid, FixityResult.OK)
    evidence = len(house.evidence(guid))
    assert check.objects == len(blobs(house, guid)) + evidence + 2 + 2
    totals = house.system.fixity.totals()
    assert (totals.owners, totals.never, totals.overdue, totals.failed) == (1, 0, 0, 0)
    assert totals.octets == check.octets > 10_000


def flip_blob(house: House, guid: str) -> None:
    file = owner_folder(house.settings.vault.folder, guid) / blobs(house, guid)[0]
    octets = bytearray(file.read_bytes())
    octets[-1] ^= 1
    file.write_bytes(octets)


def swap_blobs(house: House, guid: str) -> None:
    folder = owner_folder(house.settings.vault.folder, guid)
    first, second = blobs(house, guid)[:2]
    (folder / second).write_bytes((folder / first).read_bytes())


def lose_blob(house: House, guid: str) -> None:
    with house.tech.database.read() as uow:
        raw = house.status(guid).record.raw_sha256
        assert uow.transactions.get(guid)
    (owner_folder(house.settings.vault.folder, guid) / raw.hex()).unlink()


def lose_pack(house: House, guid: str) -> None:
    with house.tech.database.read() as uow:
        pack = uow.packs.get(guid)
    assert pack is not None
    assert pack.sha256 is not None
    (owner_folder(house.settings.vault.folder, guid) / pack.sha256.hex()).unlink()


def statement(sql: str) -> Callable[[House, str], None]:
    def run(house: House, guid: str) -> None:
        with house.tech.database.engine.begin() as connection:
            changed = connection.execute(text(sql), {"guid": guid, "zero": bytes(32), "body": bytes(64)})
            assert changed.rowcount == 1

    return run


DAMAGE: dict[str, tuple[Callable[[House, str], None], str, FixityProblem]] = {
    "a bit of a blob": (flip_blob, "blob:", FixityProblem.ALTERED),
    "a blob for another": (swap_blobs, "blob:", FixityProblem.ALTERED),
    "a lost blob": (lose_blob, "blob:", FixityProblem.MISSING),
    "a lost pack": (lose_pack, "blob:", FixityProblem.MISSING),
    "an evidence's body": (
        statement(
            "UPDATE evidences SET body = :body WHERE ordinal = "
            "(SELECT MIN(ordinal) FROM evidences WHERE owner = :guid)"
        ),
        "evidence:",
        FixityProblem.ALTERED,
    ),
    "an evidence's digest": (
        statement(
            "UPDATE evidences SET sealed_sha256 = :zero WHERE ordinal = "
            "(SELECT MIN(ordinal) FROM evidences WHERE owner = :guid)"
        ),
        "evidence:",
        FixityProblem.ALTERED,
    ),
    "the certificate": (
        statement("UPDATE certificates SET pdf = xml WHERE guid = :guid"),
        "certificate.pdf",
        FixityProblem.ALTERED,
    ),
    "the certificate's digest": (
        statement("UPDATE certificates SET xml_sha256 = :zero WHERE guid = :guid"),
        "certificate.xml",
        FixityProblem.ALTERED,
    ),
    "the time-stamp": (
        statement("UPDATE digest_stamps SET token = :body WHERE guid = :guid"),
        "stamp.token",
        FixityProblem.ALTERED,
    ),
    "a document's digest": (
        statement("UPDATE documents SET stamped_sha256 = :zero WHERE guid = :guid"),
        "blob:",
        FixityProblem.MISSING,
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_wrong_is_found(small_house: House, damage: str) -> None:
    """Each kind of damage to files and columns gives its failure; the other transaction is whole."""
    house = small_house
    guid, other = closed(house, "LOAN-1"), closed(house, "LOAN-2")
    hurt, name, problem = DAMAGE[damage]
    hurt(house, guid)
    assert check_all(house) == {guid: FixityResult.FAILED, other: FixityResult.OK}
    found = failures(house)
    assert any(what.startswith(name) and why is problem for what, why in found), found
    assert {failure.owner for failure in house.system.fixity.failures()} == {guid}


def test_a_failure_is_told_once_and_never_repaired(
    small_house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Row, log, metric and audit when it is found; nothing more when it is found again, and an end once the
    operator has put the octets back."""
    house = small_house
    guid = closed(house)
    file = owner_folder(house.settings.vault.folder, guid) / blobs(house, guid)[0]
    whole = file.read_bytes()
    flip_blob(house, guid)
    with caplog.at_level(logging.ERROR):
        check_all(house)
        house.clock.advance(DAY)
        check_all(house)
    told = [entry.getMessage() for entry in caplog.records if "fixity" in entry.getMessage()]
    assert told == [f"fixity: blob:{file.name} of {guid} is ALTERED"]
    page = house.tech.metrics.page().decode()
    assert 'fehaciente_fixity_failures_total{problem="ALTERED"} 1.0' in page
    assert 'fehaciente_fixity_checks_total{result="FAILED"} 2.0' in page
    assert len(audited(house, "fixity-failed")) == 1
    assert file.read_bytes() != whole
    file.write_bytes(whole)
    house.clock.advance(DAY)
    assert check_all(house) == {guid: FixityResult.OK}
    assert failures(house) == []


def test_everything_is_seen_once_in_a_period(small_house: House) -> None:
    """What was checked is due again after the period, not before; what is new is due at once."""
    house = small_house
    closed(house, "LOAN-1")
    assert house.system.fixity() == 0, "nobody took it up yet"
    assert house.system.fixity.enrol() == 1
    assert house.system.fixity.enrol() == 0
    assert house.system.fixity() == 1
    assert house.system.fixity() == 0
    closed(house, "LOAN-2")
    house.system.fixity.enrol()
    assert house.system.fixity() == 1
    house.clock.advance(house.settings.custody.fixity_period + timedelta(minutes=1))
    assert house.system.fixity.totals().overdue == 2
    assert house.system.fixity() == 2


def test_processes_share_the_work(house: House) -> None:
    """Four that begin at the same time check each owner once."""
    guids = [closed(house, f"LOAN-{number}") for number in range(6)]
    house.system.fixity.enrol()
    checked: list[str] = []

    def run() -> None:
        now = house.clock.now()
        checked.extend(check.owner for check in house.system.fixity.rounds(now + DAY, None))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(checked) == sorted(guids)


def test_a_check_that_died_is_made_by_another(small_house: House) -> None:
    """The claim of a process that was killed is free once its lease is over, and its late result is void."""
    house = small_house
    guid = closed(house)
    house.system.fixity.enrol()
    now = house.clock.now()
    with house.tech.database.write() as uow:
        claim = uow.fixity.claim(now, now + timedelta(minutes=15))
        assert claim is not None
        uow.commit()
    assert list(house.system.fixity.rounds(now + DAY, None)) == []
    house.clock.advance(timedelta(minutes=16))
    [check] = house.system.fixity.rounds(house.clock.now() + DAY, None)
    assert check.owner == guid
    with house.tech.database.write() as uow:
        assert not uow.fixity.finish(claim, check, now, now)


def test_owners_of_other_kinds(small_house: House) -> None:
    """Open transactions and tombstones are verified too; a purged one's row goes with it, and one that is
    purged between claim and check is dropped."""
    house = small_house
    guid = ready_to_purge(house)
    house.submit(order(external_id="OPEN-1"))
    assert len(check_all(house)) == 2
    house.system.purge()
    house.drain()
    assert set(check_all(house).values()) == {FixityResult.OK}
    owners = {row.owner for row in house.system.fixity.rows()}
    assert guid not in owners
    assert f"tombstone-{guid}" in owners
    second = closed(house, "LOAN-2")
    house.system.fixity.enrol()
    deposited(house)
    pass_custody(house, second)
    now = house.clock.now()
    with house.tech.database.write() as uow:
        uow.keys.destroy(second)
        uow.commit()
    assert second not in {check.owner for check in house.system.fixity.rounds(now + DAY, None)}
    assert second not in {row.owner for row in house.system.fixity.rows()}


def test_the_report_of_the_command_line(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Figures and failures, a CSV of every owner, and 1 as exit code while anything is wrong."""
    house = small_house
    guid = closed(house)
    assert custody(house, "fixity", "--all", "--full-speed") == 0
    assert "failed\t0\n" in capsys.readouterr().out
    flip_blob(house, guid)
    assert custody(house, "fixity", "--all") == 1
    assert "\nfailure\t" in capsys.readouterr().out
    assert custody(house, "fixity", "--report", "csv") == 1
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["owner"], row["result"]) == (guid, "FAILED")
    assert row["failures"].endswith("=ALTERED")
    assert custody(house, "fixity") == 1


def test_failures_are_values(small_house: House) -> None:
    """A failure names owner, object and when, and no personal data."""
    guid = closed(small_house)
    flip_blob(small_house, guid)
    check_all(small_house)
    [failure] = small_house.system.fixity.failures()
    assert isinstance(failure, FixityFailure)
    assert failure.mended_at is None
