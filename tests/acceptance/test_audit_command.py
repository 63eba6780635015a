"""`fehaciente audit` as an operator runs it, over the database of an installation."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gateway import settings as configuration
from gateway.adapters.storage import migrate
from gateway.adapters.telemetry.audit import AuditLog
from gateway.bootstrap.technology import open_database
from gateway.entrypoints.cli.arguments import parser

CONFIG = """\
[gateway]
installation = 000001
base_url = http://localhost:8080
data = var
node = host-a
[http]
secure_cookies = no
"""
HEAD = re.compile(r"host-a@4@[0-9a-f]{64}\n")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An installation whose log has four entries."""
    file = tmp_path / "fehaciente.ini"
    file.write_text(CONFIG, encoding="utf-8")
    database = open_database(configuration.load(file))
    migrate.upgrade(database.engine)
    for number in range(4):
        AuditLog(database).append("issuer-not-found", f"{number:04d}")
    database.close()
    return file


def run(config: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gateway", "--config", str(config), *words]
    return subprocess.run(command, capture_output=True, text=True)


def attack(config: Path, *statements: str) -> None:
    """As somebody with the database's file and a shell does it."""
    with sqlite3.connect(config.parent / "var" / "fehaciente.sqlite") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
    database.close()


def test_the_log_is_listed_and_holds(config: Path) -> None:
    """list shows who did what when, heads is what to keep elsewhere, verify vouches for as much as that."""
    listed = run(config, "audit", "list", "--after", "2").stdout.splitlines()
    assert [line.split("\t")[1] for line in listed] == ["3", "4"]
    assert all("issuer-not-found\t000" in line for line in listed)
    head = run(config, "audit", "heads").stdout
    assert HEAD.fullmatch(head)
    database = open_database(configuration.load(config))
    AuditLog(database).append("issuer-not-found", "0009")
    database.close()
    told = run(config, "audit", "verify", "--head", head.strip())
    assert told.returncode == 0
    assert "anchored\thost-a\t4\nunanchored\thost-a\t1\n" in told.stdout
    assert run(config, "audit", "list", "--node", "host-b").stdout == ""


def test_the_first_bad_row_is_named(config: Path) -> None:
    """An edit: node, number and what is wrong, and exit code 1."""
    attack(config, "UPDATE audit_entries SET subject = '0007' WHERE sequence = 2")
    told = run(config, "audit", "verify")
    assert told.returncode == 1
    assert "BROKEN\thost-a\t2\twas altered" in told.stdout


def test_a_cut_end_is_named_by_the_head_that_was_kept(config: Path) -> None:
    """Without it the shortened chain looks sound; with it the first missing row is named."""
    head = run(config, "audit", "heads").stdout.strip()
    attack(
        config,
        "DELETE FROM audit_entries WHERE sequence > 2",
        "UPDATE audit_heads SET sequence = 2, digest = (SELECT digest FROM audit_entries WHERE sequence = 2)",
    )
    assert run(config, "audit", "verify").returncode == 0
    told = run(config, "audit", "verify", "--head", head)
    assert told.returncode == 1
    assert "BROKEN\thost-a\t3\tis missing" in told.stdout


@pytest.mark.parametrize(
    "head", ["", "host-a", "host-a@4", "host-a@x@00", "host-a@4@zz", "a b@1@" + "00" * 32]
)
def test_what_is_no_head_is_refused(capsys: pytest.CaptureFixture[str], head: str) -> None:
    """A head that was copied wrongly is told as such, and nothing is verified against it."""
    with pytest.raises(SystemExit) as left:
        parser().parse_args(["audit", "verify", "--head", head])
    assert left.value.code == 2
    assert "NODE@NUMBER@SHA256" in capsys.readouterr().err
