"""`fehaciente issuer key`: made, rotated, brought along and retired at the command line."""

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.adapters.crypto import devpki
from tests.house import House
from tests.sending import SHOP, Sending


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    Sending(house)
    (tmp_path / "fehaciente.ini").write_text(
        "[gateway]\ninstallation = 000001\nbase_url = http://localhost:8080\ndata = var\n"
        "[http]\nsecure_cookies = no\n[console]\nprint = no\n"
    )
    return house


def key(house: House, *words: str) -> "subprocess.CompletedProcess[str]":
    config = str(house.folder / "fehaciente.ini")
    command = [sys.executable, "-m", "gateway", "--config", config, "issuer", "key", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_keys_rotate_while_drafts_are_sent(house: House, tmp_path: Path) -> None:
    """The newest signs at once, without a restart; a retired one nothing, and none is readable by others."""
    first = key(house, "7").stdout.split()
    assert first[0] == "signs"
    issued = key(house, "7", "--issue").stdout.splitlines()
    assert [line.split("\t")[0] for line in issued] == ["kept", "signs"]
    chain, private = devpki.issue_issuer(
        house.settings.pki.anchors.parent, SHOP.name, key="p256", now=house.clock.now()
    )
    for name, octets in (("own.key", private), ("own.pem", chain)):
        (tmp_path / name).write_bytes(octets)
    added = key(house, "7", "--add", str(tmp_path / "own.key"), str(tmp_path / "own.pem")).stdout.splitlines()
    assert [line.split("\t")[0] for line in added] == ["kept", "kept", "signs"]
    newest = added[-1].split("\t")[1]
    left = key(house, "7", "--retire", newest).stdout.splitlines()
    assert [line.split("\t")[0] for line in left] == ["kept", "signs"]
    assert left[-1].split("\t")[1] == issued[-1].split("\t")[1]
    for file in house.settings.sender.keys.glob("*.key"):
        assert file.stat().st_mode & 0o077 == 0
    house.close()


def test_what_does_not_fit_is_refused(house: House, tmp_path: Path) -> None:
    """No such issuer, no such certificate, a key of another certificate: told in one line, nothing kept."""
    for file in ("a.key", "a.pem"):
        (tmp_path / file).write_bytes(b"no key")
    before = key(house, "7").stdout
    for words, code in (
        (("9", "--issue"), "E000501"),
        (("7", "--retire", "ab" * 32), "E000501"),
        (("7", "--retire", "nonsense"), "E000501"),
        (("7", "--add", str(tmp_path / "a.key"), str(tmp_path / "a.pem")), "E000902"),
    ):
        refused = key(house, *words)
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert refused.stderr.startswith(code)
    assert key(house, "7").stdout == before
    house.close()
