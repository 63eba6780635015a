"""`fehaciente approvals` on an installation of its own: no process starts on what two have not approved."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.domain.staff import Role
from tests.house import House
from tests.staff import Member, signed_in

INI = """\
[gateway]
installation = 000001
base_url = http://localhost:8080
data = var
[http]
secure_cookies = no
[console]
print = no
[worker]
threads = 1
[approvals]
required = yes
"""
FILES = ("ANCHORS", "ISSUER_ANCHORS", "ALGORITHM_POLICY", "SEAL_KEYS")


def _command(config: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "gateway", "--config", str(config), *words]


def _run(config: Path, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        _command(config, *words), capture_output=True, text=True, check=False, input=typed, timeout=180
    )


def _as(member: Member, config: Path, *words: str) -> str:
    """Signed in at the command line with password and a recovery code."""
    typed = f"{member.password}\n{member.recovery.pop()}\n"
    told = _run(
        config, "approvals", *words, "--login", member.person.login, "--reason", "cambio", typed=typed
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.split("\t")[0]


# Some twenty commands, each a process of its own.
@pytest.mark.timeout(600)
def test_a_worker_starts_when_two_have_approved_what_it_loads(tmp_path: Path) -> None:
    """Before that it says what is missing; wrong passwords are refused as in a browser."""
    house = House(tmp_path)
    una, otra = signed_in(house, Role.OPERATOR, "una"), signed_in(house, Role.OPERATOR, "otra")
    house.close()
    config = tmp_path / "fehaciente.ini"
    config.write_text(INI)
    refused = _run(config, "worker")
    assert (refused.returncode, "E000612" in refused.stderr, "ANCHORS" in refused.stderr) == (1, True, True)
    wrong = _run(
        config, "approvals", "request", "ANCHORS", "--login", "una", "--reason", "x", typed="no\n1\n"
    )
    assert (wrong.returncode, "E000610" in wrong.stderr) == (1, True)
    asked = [_as(una, config, "request", change) for change in FILES]
    for approval in asked:
        _as(otra, config, "approve", approval)
    assert _run(config, "approvals", "files").stdout.count("not-approved") == 4
    with subprocess.Popen(_command(config, "worker"), stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == "working\n"
        worker.send_signal(signal.SIGTERM)
    assert worker.returncode == 0
    assert _run(config, "approvals", "files").stdout.count("in-force") == 4
    assert _run(config, "approvals", "list").stdout.count("\tDONE\t") == 4
    assert _run(config, "keys", "rotate").returncode == 1
    _as(otra, config, "approve", _as(una, config, "request", "KEK_ROTATION"))
    assert _run(config, "keys", "rotate").returncode == 0
