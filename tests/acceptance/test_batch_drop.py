"""The drop folder: signed files are renamed in, become batches once, and end beside their report."""

import csv
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.batches.drop import FileDropFolder
from gateway.domain.batch import BatchStatus
from gateway.domain.errors import ErrorKind, GatewayError
from tests.acceptance.test_batch_zip import PDF, naming, zipped
from tests.batch_house import batch_house
from tests.batch_samples import batch_xml, orders, signed
from tests.house import BANK, INSURER, House
from tests.orders import order


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "drop"
    for name in ("1", "0002", "77", "lost+found"):
        (folder / name).mkdir(parents=True)
    made = batch_house(tmp_path, more=f"[drop]\nfolder = {folder}\n")
    yield made
    made.close()


def bank(house: House) -> Path:
    assert house.settings.drop.folder is not None
    return house.settings.drop.folder / "1"


def dropped(house: House, name: str, octets: bytes) -> None:
    """As SFTP clients do: under another name first, then renamed."""
    (bank(house) / f"{name}.part").write_bytes(octets)
    (bank(house) / f"{name}.part").rename(bank(house) / name)


def round_(house: House) -> int:
    """A round of the alarm clock, the batches' work, and another round."""
    taken = house.system.batches.drop()
    house.drain()
    house.system.batches.drop()
    return taken


def ended(house: House, where: str) -> dict[str, list[dict[str, str]]]:
    """Reports by the name of the file that stands beside them."""
    found = {}
    for path in sorted((bank(house) / where).iterdir()):
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                found[path.name[33:-4]] = list(csv.DictReader(lines))
            assert os.path.lexists(path.with_suffix(""))
    return found


def test_signed_file_is_taken_and_reported(house: House) -> None:
    """A signed file, XML or ZIP, becomes a batch and then lies in `taken`, a line for each item beside it."""
    bad = order(external_id="=bad").replace(b"<service>CONTRACT_EXPRESS<", b"<service>NONSENSE<")
    dropped(house, "uno.xml", signed(batch_xml([*orders(2), bad])))
    xml = signed(batch_xml([naming("uno.pdf")], "lote-2"))
    dropped(house, "dos.zip", zipped({"batch.xml": xml, "uno.pdf": PDF}))
    assert round_(house) == 2
    reports = ended(house, "taken")
    assert [len(reports[name]) for name in ("uno.xml", "dos.zip")] == [3, 1]
    line = reports["uno.xml"][2]
    assert (line["position"], line["external_id"], line["code"]) == ("3", "'=bad", "E000305")
    assert line["text_en"]
    assert line["text_es"]
    assert not [path for path in bank(house).iterdir() if path.is_file()]
    assert round_(house) == 0


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (batch_xml(orders(1)), "E000510"),
        (signed(batch_xml(orders(1)), INSURER.name), "E000408"),
        (signed(batch_xml(orders(1))).replace(b">Ana<", b">Eva<"), "E000403"),
        (signed(batch_xml(orders(2), count=3)), "E000510"),
        (b"not XML", "E000301"),
        (b"", "E000510"),
        (b"PK\x03\x04", "E000514"),
    ],
)
def test_file_without_the_issuers_signature_is_refused(house: House, octets: bytes, code: str) -> None:
    """Unsigned, signed by another, changed or no batch at all: it lies in `refused`, and was never taken."""
    dropped(house, "uno.xml", octets)
    round_(house)
    ((line,),) = ended(house, "refused").values()
    assert (line["position"], line["code"]) == ("0", code)
    assert not (bank(house) / "taken").exists()


def test_what_is_no_file_is_refused(house: House) -> None:
    """Links, pipes, sockets and names that are huge or cannot be shown are put away and never opened."""
    secret = bank(house).parent / "secret"
    secret.write_bytes(signed(batch_xml(orders(1))))
    (bank(house) / "link.xml").symlink_to(secret)
    os.mkfifo(bank(house) / "pipe.xml")
    (bank(house) / ("n" * 200 + ".xml")).write_bytes(b"x")
    (bank(house) / "\x1b[2J.xml").write_bytes(b"x")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(bank(house))
        try:
            server.bind("s.xml")
        finally:
            os.chdir(here)
    assert round_(house) == 0
    assert len(ended(house, "refused")) == 5
    assert secret.exists()


def test_what_is_being_written_is_left_alone(house: House) -> None:
    """Dot files, `.part` files and folders stay as they are; an unknown issuer's folder is not looked at."""
    for name in (".hidden.xml", "uno.xml.part", "uno.filepart"):
        (bank(house) / name).write_bytes(b"x")
    (bank(house).parent / "77" / "uno.xml").write_bytes(b"x")
    assert round_(house) == 0
    assert not (bank(house) / "refused").exists()
    assert (bank(house).parent / "77" / "uno.xml").exists()


def test_folder_that_is_a_link_is_not_used(house: House) -> None:
    """An issuer that puts links in the place of our folders leads nobody outside of its own."""
    outside = bank(house).parent / "outside"
    outside.mkdir()
    (bank(house) / "running").symlink_to(outside)
    dropped(house, "uno.xml", signed(batch_xml(orders(1))))
    assert round_(house) == 1
    assert list(ended(house, "refused")) == ["running"]
    (bank(house) / "refused").rename(bank(house) / "old")
    (bank(house) / "refused").symlink_to(outside)
    with pytest.raises(GatewayError) as caught:
        house.system.batches.drop()
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    assert not list(outside.iterdir())


def test_two_processes_take_each_file_once(house: House) -> None:
    """Several look at one folder at once: as many batches as files, and every file has its report."""
    for number in range(6):
        dropped(house, f"{number}.xml", signed(batch_xml(orders(1, f"n{number}"), f"lote-{number}")))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: house.system.batches.drop(), range(4)))
    round_(house)
    assert len(ended(house, "taken")) == 6
    with house.tech.database.read() as uow:
        batches = uow.batches.listed(1, house.clock.now() + timedelta(days=1), 99)
    assert len(batches) == 6
    assert {batch.status for batch in batches} == {BatchStatus.FINISHED}
    assert len(list(house.settings.vault.spool.iterdir())) == 6


@pytest.mark.parametrize("step", ["begin", "end", "rename"])
def test_killed_between_steps(house: House, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies after the commit, before a file is moved, or after its report, loses nothing."""
    dropped(house, "uno.xml", signed(batch_xml(orders(2))))

    def dead(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step == "rename":
            patch.setattr("gateway.adapters.batches.drop._move", dead)
        else:
            patch.setattr(FileDropFolder, step, dead)
        with pytest.raises(KeyboardInterrupt):
            round_(house)
    round_(house)
    round_(house)
    assert list(ended(house, "taken")) == ["uno.xml"]
    with house.tech.database.read() as uow:
        assert len(uow.batches.listed(BANK.number, house.clock.now() + timedelta(days=1), 99)) == 1


def test_file_whose_batch_a_restore_took_away_is_taken_again(house: House) -> None:
    """Set aside by a process whose commits are lost with the disk: it comes in again, over no other."""
    octets = signed(batch_xml(orders(2)))
    (bank(house) / "running").mkdir()
    (bank(house) / "running" / f"{'a' * 32}-uno.xml").write_bytes(octets)
    house.system.batches.drop()
    dropped(house, "uno.xml", signed(batch_xml(orders(1, "other"), "lote-2")))
    assert round_(house) == 2
    reports = ended(house, "taken")
    assert {name: len(lines) for name, lines in reports.items()} == {f"{'a' * 32}-uno.xml": 2, "uno.xml": 1}


def test_file_that_came_under_the_same_name_is_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second file is renamed over the first while that one is taken: both become batches."""
    begin, late = FileDropFolder.begin, [signed(batch_xml(orders(1, "other"), "lote-2"))]

    def overtaken(*given: Any) -> None:
        if late:
            dropped(house, "uno.xml", late.pop())
        begin(*given)

    monkeypatch.setattr(FileDropFolder, "begin", overtaken)
    dropped(house, "uno.xml", signed(batch_xml(orders(2))))
    for _ in range(3):
        round_(house)
    with house.tech.database.read() as uow:
        batches = uow.batches.listed(1, house.clock.now() + timedelta(days=1), 99)
    assert sorted((batch.external_id, batch.accepted) for batch in batches) == [("lote-1", 2), ("lote-2", 1)]


def test_same_file_again_is_the_same_batch(house: House) -> None:
    """Delivered again under another name, a file ends with the report of the batch that there is."""
    octets = signed(batch_xml(orders(2)))
    dropped(house, "uno.xml", octets)
    round_(house)
    dropped(house, "otra vez.xml", octets)
    round_(house)
    reports = ended(house, "taken")
    assert reports["uno.xml"] == reports["otra vez.xml"]
    dropped(house, "otro.xml", signed(batch_xml(orders(3))))
    round_(house)
    ((line,),) = ended(house, "refused").values()
    assert line["code"] == "E000207"


def test_file_of_a_batch_goes_with_its_last_transaction(house: House) -> None:
    """Once nothing of a batch is in custody, file and data key are gone, and the counts stay."""
    dropped(house, "uno.xml", signed(batch_xml(orders(2))))
    round_(house)
    with house.tech.database.read() as uow:
        (batch,) = uow.batches.listed(1, house.clock.now() + timedelta(days=1), 9)
    guids = [item.guid for item in house.system.batches.report.items(BANK, batch.id)]
    house.clock.advance(timedelta(days=3000))
    assert house.system.batches.forget() == 0
    with house.tech.database.write() as uow:
        for guid in guids:
            uow.tombstones.erase(guid)
            uow.keys.destroy(guid)
        uow.commit()
    assert house.system.batches.forget() == 1
    assert house.system.batches.forget() == 0
    assert not list(house.settings.vault.spool.iterdir())
    view = house.system.batches.get(BANK, batch.id)
    assert (view.batch.status, view.counts.accepted) == (BatchStatus.FINISHED, 2)
    assert list(house.system.batches.report.items(BANK, batch.id)) == []
