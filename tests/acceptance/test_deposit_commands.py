"""`fehaciente deposit` and `fehaciente record`, run as an operator and as an outsider run them."""

import contextlib
import io
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from gateway.bootstrap import deposit_commands
from gateway.bootstrap.commands import actions
from gateway.entrypoints.cli import reports
from gateway.entrypoints.cli.main import run
from gateway.usecases.commands import Reference
from tests.house import House
from tests.produced import keep


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house that the commands find by a settings file of its own."""
    house = House(tmp_path)
    monkeypatch.setattr(deposit_commands, "technology", lambda _settings: house.tech)
    monkeypatch.setattr(type(house.tech.database), "close", lambda _self: None)
    yield house
    monkeypatch.undo()
    house.close()


def said(*words: str) -> tuple[int, list[list[str]]]:
    """Exit code, and the printed lines cut into fields."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run(words, actions())
    return code, [line.split("\t") for line in out.getvalue().splitlines()]


@pytest.fixture
def config(house: House, tmp_path: Path) -> str:
    file = tmp_path / "house.ini"
    file.write_text(
        "[gateway]\ninstallation = 000001\nbase_url = http://localhost:8080\ndata = var\n"
        "[http]\nsecure_cookies = no\n[console]\nprint = no\n"
    )
    return str(file)


def test_from_deposit_to_receipt_record_and_audit(house: House, config: str, tmp_path: Path) -> None:
    """run, list, receipt, record in both syntaxes and audit: each does and prints what it says."""
    guid = house.submit().guid
    house.drain()
    code, lines = said("--config", config, "deposit", "run")
    assert code == 0
    assert lines[0][:3] == ["deposit", "1", "SEALED"]
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(b"%PDF receipt")
    words = ("--config", config, "deposit", "receipt", "1", "--protocol", "2026/17", "--file", str(receipt))
    assert said(*words)[0] == 0
    assert said(*words)[0] == 1
    code, lines = said("--config", config, "deposit", "list")
    assert lines[0][-1] == "protocol=2026/17"
    assert lines[1][:5] == ["sent", "1", "folder", "1", "DELIVERED"]
    for form, name in (("xml", "evidence-record.xml"), ("asn1", "evidence-record.ers")):
        file, leaf = tmp_path / name, tmp_path / "leaf.txt"
        words = ("--config", config, "record", guid, "-o", str(file), "--format", form, "--leaf", str(leaf))
        assert said(*words) == (0, [["record", str(file), "deposit=1", "of=1"]])
        keep(name, file.read_bytes())
        assert leaf.read_text().startswith(f"fehaciente-leaf 1.0\nowner {guid}\n")
    assert said("--config", config, "record", guid, "-o", str(leaf), "--deposit", "9")[0] == 1
    folder = house.settings.deposit.folder
    for file in folder.iterdir():
        keep(file.name, file.read_bytes())
    anchors = str(house.settings.pki.anchors)
    code, lines = said("deposit", "audit", str(folder), "--trust", anchors)
    assert code == 0
    assert lines[0][:2] == ["OK", "deposit-000001.xml"]
    assert said("deposit", "audit", str(folder))[0] == 0


def test_the_proof_of_a_transaction_has_its_records(house: House, config: str, tmp_path: Path) -> None:
    """`evidence` writes each record beside the rest, and nothing of the kind before the first deposit."""
    guid = house.submit().guid
    house.drain()
    folder = tmp_path / "proof"
    assert house.system.support.records(Reference(guid)) == []
    reports.write_proof(house.system.support, Reference(guid), folder)
    assert not (folder / "records").exists()
    said("--config", config, "deposit", "run")
    house.cancel(guid)
    house.drain()
    said("--config", config, "deposit", "run")
    reports.write_proof(house.system.support, Reference(guid), folder)
    names = sorted(file.name for file in (folder / "records").iterdir())
    assert names == ["evidence-record-000001.xml", "evidence-record-000002.xml"]


def test_the_record_says_what_the_notary_gave(house: House, config: str, tmp_path: Path) -> None:
    """Once the protocol number is there, records made from then on carry it along."""
    guid = house.submit().guid
    house.drain()
    said("--config", config, "deposit", "run")
    said("--config", config, "deposit", "receipt", "1", "--protocol", "2026/17")
    (record,) = house.system.deposits.records.of(guid)
    carried = etree.fromstring(record.octets)[0]
    words = {each.get("Type"): b64decode(each.text or "") for each in carried}
    assert words["urn:fehaciente:leaf:1.0"] == record.leaf
    assert b"protocol 2026/17\n" in words["urn:fehaciente:deposit:1.0"]


def test_an_audit_names_the_bad_file(house: House, config: str, tmp_path: Path) -> None:
    """Exit code 1 and the first bad file's name, in the language asked for; 2 where there are no files."""
    said("--config", config, "deposit", "run")
    said("--config", config, "deposit", "run")
    folder = house.settings.deposit.folder
    file = folder / "deposit-000001.xml"
    file.write_bytes(file.read_bytes().replace(b"<dep:leaves>1<", b"<dep:leaves>2<"))
    code, lines = said("--language", "es", "deposit", "audit", str(folder))
    assert code == 1
    assert lines[0][:3] == ["BAD", "deposit-000001.xml", lines[0][2]]
    assert "su firma no es válida" in lines[0][2]
    assert lines[-1] == ["FIRST BAD", "deposit-000001.xml"]
    assert said("deposit", "audit", str(tmp_path / "nothing"))[0] == 2


def test_sending_again_and_renewing_dry(house: House, config: str) -> None:
    """A deposit may be sent again by the operator's word; what is not due is not renewed."""
    assert said("--config", config, "deposit", "run")[0] == 0
    code, lines = said("--config", config, "deposit", "send", "1")
    assert (code, lines[0][:5]) == (0, ["sent", "1", "folder", "2", "DELIVERED"])
    assert said("--config", config, "deposit", "send", "7")[0] == 1
    expected = (0, [["due", "time-stamps=0", "records=0"]])
    assert said("--config", config, "deposit", "renew", "--dry-run") == expected
    assert said("--config", config, "deposit", "renew")[0] == 0
