"""`fehaciente keys` on an installation of its own: rotation, shredding, and data keys to a file and back."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import House


@pytest.fixture
def config(small_house: House, tmp_path: Path) -> Path:
    """The settings file of a house with one submitted transaction."""
    small_house.submit()
    small_house.close()
    file = tmp_path / "fehaciente.ini"
    file.write_text(
        "[gateway]\ninstallation = 000001\nbase_url = http://localhost:8080\ndata = var\n"
        "[http]\nsecure_cookies = no\n[console]\nprint = no\n"
    )
    return file


def _keys(config: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gateway", "--config", str(config), "keys", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_keys_travel_to_a_file_and_back(config: Path, tmp_path: Path) -> None:
    """Export holds wrapped keys only, private to its owner; importing it again changes nothing."""
    file = tmp_path / "data-keys.jsonl"
    assert _keys(config, "export", str(file)).stdout == f"1 data keys in {file}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    [line] = map(json.loads, file.read_text().splitlines())
    assert sorted(line) == ["kek_id", "owner", "wrapped"]
    assert _keys(config, "import", str(file)).stdout == "0 renewed, 1 kept, 0 not in this database, 0 dead\n"


@pytest.mark.parametrize("line", ["", "{}", "[]", '{"owner": 1, "kek_id": "x", "wrapped": ""}', '"x"', "ñ"])
def test_a_broken_export_is_refused_by_line(config: Path, tmp_path: Path, line: str) -> None:
    """What is no data key is named by its line, and the database stays as it is."""
    file = tmp_path / "broken.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    told = _keys(config, "import", str(file))
    assert (told.returncode, told.stdout) == (1, "")
    assert "line 1 is no data key" in told.stderr


def test_missing_export_is_unreadable(config: Path, tmp_path: Path) -> None:
    """A file that is not there is told apart from one that is wrong."""
    assert _keys(config, "import", str(tmp_path / "none")).returncode == 2


def test_rotating_and_shredding_by_hand(config: Path, tmp_path: Path) -> None:
    """A new key wraps from now on, and an old one that is named is emptied in a first round."""
    with sqlite3.connect(tmp_path / "var" / "fehaciente.sqlite") as database:
        [(old,)] = database.execute("SELECT kek_id FROM data_keys")
    database.close()
    assert _keys(config, "shred").stdout == "0 data keys wrapped anew\n"
    newer = _keys(config, "rotate").stdout.strip()
    told = _keys(config, "shred", old).stdout
    assert told == f"1 data keys wrapped anew\n{old}\twaits for a later round\n"
    file = tmp_path / "data-keys.jsonl"
    _keys(config, "export", str(file))
    assert newer in file.read_text()
    with sqlite3.connect(tmp_path / "var" / "fehaciente.sqlite") as database:
        audited = database.execute("SELECT subject FROM audit_entries WHERE action = 'kek-made'").fetchall()
    database.close()
    assert audited == [(newer,)]


def test_shredding_what_never_was_is_refused(config: Path, tmp_path: Path) -> None:
    """A mistyped id is neither condemned nor told as destroyed."""
    refused = _keys(config, "shred", "20200101T000000Z-00000000")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("E000501")
    with sqlite3.connect(tmp_path / "var" / "fehaciente.sqlite") as database:
        condemned = [name for (name,) in database.execute("SELECT kek_id FROM condemned_keks")]
    assert condemned == []
