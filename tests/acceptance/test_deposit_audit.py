"""Somebody who has only the deposit files finds the altered day, the removed one, and the forged one."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.deposits.auditing import audit
from gateway.domain.deposit_audit import DepositAudit, Flaw
from tests.house import House

DAYS = 4
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Four daily deposits, the third of an empty day."""
    house = House(tmp_path_factory.mktemp("audited"))
    for day in range(DAYS):
        if day != 2:
            house.submit()
            house.drain()
        house.clock.advance(DAY)
        assert house.system.deposits.make()
    house.system.deposits.send()
    yield house
    house.close()


@pytest.fixture
def folder(house: House, tmp_path: Path) -> Path:
    """The outsider's copy."""
    return Path(shutil.copytree(house.settings.deposit.folder, tmp_path / "held"))


def audited(
    house: House, folder: Path, *, trust: bool = True, after: timedelta = DAY, first: int = 1
) -> DepositAudit:
    files = {file.name: file.read_bytes() for file in folder.glob("*.xml")}
    anchors = Anchors.from_file(house.settings.pki.anchors) if trust else None
    return audit(files, anchors, house.clock.now() + after, first)


def first_bad(report: DepositAudit, name: str, flaw: Flaw) -> None:
    bad = report.first_bad
    assert bad is not None
    assert bad.name == name
    assert flaw in bad.flaws


@pytest.mark.parametrize("trust", [True, False])
def test_untouched_files_are_sound(house: House, folder: Path, trust: bool) -> None:
    """Every day is there, chained, signed, stamped; with roots to trust and without."""
    report = audited(house, folder, trust=trust)
    assert report.first_bad is None
    assert [file.number for file in report.files] == [1, 2, 3, 4]
    assert [file.leaves for file in report.files] == [2, 2, 1, 2]
    assert report.trusted is trust
    # Unless the certificate was followed, a name in it is anybody's word.
    assert all(file.signer.startswith("CN=Fehaciente") is trust for file in report.files)


@pytest.mark.parametrize("trust", [True, False])
@pytest.mark.parametrize("number", range(1, DAYS + 1))
def test_an_altered_day_is_named(house: House, folder: Path, number: int, trust: bool) -> None:
    """One digit of its root changed, whichever day it is: its signature does not hold any more."""
    file = folder / f"deposit-{number:06d}.xml"
    text = file.read_text()
    at = text.index("<dep:root>") + len("<dep:root>")
    other = "0" if text[at] != "0" else "1"
    file.write_text(text[:at] + other + text[at + 1 :])
    first_bad(audited(house, folder, trust=trust), file.name, Flaw.SIGNATURE)


@pytest.mark.parametrize("trust", [True, False])
@pytest.mark.parametrize("number", range(1, DAYS))
def test_a_removed_day_is_named(house: House, folder: Path, trust: bool, number: int) -> None:
    """A day before the newest file that the outsider holds cannot disappear, the first neither."""
    (folder / f"deposit-{number:06d}.xml").unlink()
    first_bad(audited(house, folder, trust=trust), f"deposit-{number:06d}.xml", Flaw.MISSING)


def test_a_day_sealed_anew_by_whoever_has_the_key_is_named(house: House, folder: Path) -> None:
    """A forged file that is perfect by itself is not the one that the next day was chained to."""
    rendered = house.system.deposits.make.paper.xml(_facts(house, 2))
    (folder / "deposit-000002.xml").write_bytes(house.tech.sealer.seal(rendered).octets)
    first_bad(audited(house, folder), "deposit-000002.xml", Flaw.CHAIN)
    first_bad(audited(house, folder, trust=False), "deposit-000002.xml", Flaw.CHAIN)


def _facts(house: House, number: int):  # type: ignore[no-untyped-def]
    deposit = house.system.deposits.send.all()[number - 1][0]
    return house.system.deposits.make.facts(deposit)


def test_two_files_of_one_number_are_named(house: House, folder: Path) -> None:
    """A copy under another name, or a second version of a day, does not pass as a day of its own."""
    shutil.copy(folder / "deposit-000002.xml", folder / "deposit-000009.xml")
    first_bad(audited(house, folder), "deposit-000002.xml", Flaw.TWICE)


def test_who_collects_from_a_later_day_says_so(house: House, folder: Path) -> None:
    """What came after the newest file nobody can know; what came before the first asked for is let be."""
    for number in (1, 4):
        (folder / f"deposit-{number:06d}.xml").unlink()
    assert audited(house, folder, first=2).first_bad is None
    first_bad(audited(house, folder), "deposit-000001.xml", Flaw.MISSING)
    (folder / "deposit-000002.xml").unlink()
    first_bad(audited(house, folder, first=2), "deposit-000002.xml", Flaw.MISSING)


def test_leaves_that_lead_elsewhere_are_named(house: House, folder: Path) -> None:
    """A file that lists other leaves than its root is over is bad, even when the gateway's key signed it."""
    from dataclasses import replace

    facts = _facts(house, 4)
    rendered = house.system.deposits.make.paper.xml(replace(facts, listed=(b"\x00" * 32,)))
    (folder / "deposit-000004.xml").write_bytes(house.tech.sealer.seal(rendered).octets)
    first_bad(audited(house, folder), "deposit-000004.xml", Flaw.LEAVES)


def test_a_root_that_was_not_stamped_is_named(house: House, folder: Path) -> None:
    """The token must be over this very root, and say the time that the file says."""
    from dataclasses import replace

    facts = _facts(house, 4)
    for changed in (
        replace(facts, token=_facts(house, 3).token),
        replace(facts, gen_time=facts.gen_time - timedelta(hours=1)),
    ):
        rendered = house.system.deposits.make.paper.xml(changed)
        (folder / "deposit-000004.xml").write_bytes(house.tech.sealer.seal(rendered).octets)
        for trust in (True, False):
            first_bad(audited(house, folder, trust=trust), "deposit-000004.xml", Flaw.STAMP)


def test_what_is_no_deposit_file_is_named(house: House, folder: Path) -> None:
    """Octets, other XML and unsigned files are unreadable, and no exception."""
    for octets in (b"", b"<x/>", b"<!DOCTYPE x><x/>", house.system.deposits.make.paper.xml(_facts(house, 1))):
        (folder / "deposit-000000.xml").write_bytes(octets)
        first_bad(audited(house, folder), "deposit-000000.xml", Flaw.UNREADABLE)


def test_years_later_a_newer_file_vouches_for_the_older_ones(house: House, folder: Path) -> None:
    """When the authority's certificate has expired, only what nothing later vouches for has ended."""
    report = audited(house, folder, after=timedelta(days=6 * 365))
    first_bad(report, "deposit-000004.xml", Flaw.EXPIRED)
    assert [file.flaws for file in report.files[:3]] == [(), (), ()]


def test_a_stranger_to_the_roots_believes_nothing(house: House, folder: Path, tmp_path: Path) -> None:
    """Files sealed under other roots than the auditor trusts are bad."""
    from tests.seal_samples import Workshop

    anchors = Workshop.create(tmp_path / "pki").anchors
    files = {file.name: file.read_bytes() for file in folder.glob("*.xml")}
    first_bad(audit(files, anchors, house.clock.now() + DAY), "deposit-000001.xml", Flaw.SIGNATURE)
