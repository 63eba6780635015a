"""`fehaciente staff` on an installation of its own: the first person needs no console."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import House


@pytest.fixture
def config(tmp_path: Path) -> Path:
    House(tmp_path).close()
    file = tmp_path / "fehaciente.ini"
    file.write_text(
        "[gateway]\ninstallation = 000001\nbase_url = http://localhost:8080\ndata = var\n"
        "[http]\nsecure_cookies = no\n[console]\nprint = no\n"
    )
    return file


def _staff(config: Path, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gateway", "--config", str(config), "staff", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, input=typed)


def test_people_are_kept_at_the_command_line(config: Path) -> None:
    """Add prints a password once; list shows everybody and no password; the last operator cannot leave."""
    added = _staff(config, "add", "jefa", "--name", "La Jefa", "--role", "OPERATOR").stdout.split("\t")
    assert added[:2] == ["staff", "jefa"]
    password = added[3].strip().removeprefix("password=")
    assert len(password) >= 12
    sender = ("--name", "Eva", "--role", "SENDER", "--issuer", "1", "--type-password")
    typed = _staff(config, "add", "eva", *sender, typed="una frase provisional\n")
    assert (typed.returncode, "password" in typed.stdout) == (0, False)
    listed = _staff(config, "list").stdout
    assert "jefa" in listed
    assert "issuer=0001" in listed
    assert password not in listed
    assert _staff(config, "disable", "jefa").returncode == 1
    assert _staff(config, "disable", "eva").stdout.endswith("\tdisabled\n")
    assert "disabled" in _staff(config, "list").stdout
    assert _staff(config, "enable", "eva").returncode == 0
    assert _staff(config, "role", "eva", "AUDITOR").stdout.endswith("\tAUDITOR\n")
    assert _staff(config, "bind", "eva", "--subject", "abc").stdout.endswith("\tbound\n")
    assert _staff(config, "bind", "jefa", "--subject", "abc").returncode == 1
    again = _staff(config, "reset", "jefa").stdout
    assert "password=" in again
    assert password not in again


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (("add", "x", "--name", "X", "--role", "SENDER"), "", "E000501"),
        (("add", "x", "--name", "X", "--role", "SENDER", "--issuer", "77"), "", "E000501"),
        (("add", "x", "--name", "X", "--role", "SUPPORT", "--type-password"), "corta\n", "E000611"),
        (("add", "x", "--name", "X", "--role", "SUPPORT", "--type-password"), "\n", "E000611"),
        (("reset", "nadie"), "", "E000501"),
    ],
)
def test_what_cannot_be_is_told(config: Path, words: tuple[str, ...], typed: str, code: str) -> None:
    """A refusal has its code, and nobody is added."""
    told = _staff(config, *words, typed=typed)
    assert (told.returncode, code in told.stderr) == (1, True)
    assert _staff(config, "list").stdout == ""
