"""`fehaciente batch` as an issuer uses it: against a real serving process, interrupted and run again."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from scripts.installation import Installation, free_port, until
from scripts.sample_batch import batch_xml

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]
ITEMS, BAD = 20, 10


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("batch") / "gateway", free_port())
    installation.create()
    with installation.serving():
        yield installation


def words(gateway: Installation, *asked: str) -> list[str]:
    issuer = gateway.folder / "issuer"
    access = ["--key", str(issuer / "issuer.key"), "--cert", str(issuer / "issuer.pem")]
    return [sys.executable, "-m", "gateway", "batch", *asked, "--url", f"{gateway.url}/soap", *access]


def run(gateway: Installation, *asked: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(words(gateway, *asked), capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "batch.xml"
    path.write_bytes(b"".join(batch_xml("CLI-BATCH", ITEMS)))
    return path


def test_submit_state_and_report(gateway: Installation, file: Path, tmp_path: Path) -> None:
    """The last line counts the items; run again it says the same; state and both reports agree."""
    first = run(gateway, "submit", str(file))
    assert first.returncode == 0, first.stderr
    head, batch_id, *counts = first.stdout.split()
    assert [head, *counts] == ["batch", "accepted", str(ITEMS - BAD), "rejected", str(BAD)]
    assert run(gateway, "submit", str(file)).stdout == first.stdout
    assert run(gateway, "submit", str(file), "--no-wait").stdout == first.stdout
    state = run(gateway, "state", batch_id).stdout
    assert f"{batch_id}\tCLI-BATCH\tFINISHED" in state
    lines = list(csv.DictReader(io.StringIO(run(gateway, "report", batch_id).stdout)))
    assert [line["position"] for line in lines] == [str(position) for position in range(1, ITEMS + 1)]
    refused = [line for line in lines if line["status"] == "REFUSED"]
    assert len(refused) == BAD
    assert all(line["code"] and line["text_en"] and line["text_es"] for line in refused)
    output = tmp_path / "report.xml"
    written = run(gateway, "report", batch_id, "--format", "xml", "-o", str(output))
    assert written.stdout.strip() == str(output)
    report = parse(output.read_bytes(), limit=10**7)
    schemas.validate(report, "batch")
    assert len(report.findall("{*}item/{*}refusal")) == BAD


def test_refusals_are_told_in_one_line(gateway: Installation, file: Path, tmp_path: Path) -> None:
    """An unknown batch, a file that is no batch, and another file of the same identifier end with a code."""
    unknown = run(gateway, "state", "nothing")
    assert (unknown.returncode, unknown.stderr.split()[0]) == (1, "E000208")
    other = tmp_path / "other.xml"
    other.write_bytes(b"<batch/>")
    assert run(gateway, "submit", str(other)).stderr.split()[0] == "E000301"
    run(gateway, "submit", str(file), "--no-wait")
    other.write_bytes(file.read_bytes() + b" ")
    assert run(gateway, "submit", str(other)).stderr.split()[0] == "E000207"
    missing = run(gateway, "submit", str(tmp_path / "missing.xml"))
    assert (missing.returncode, "missing.xml" in missing.stderr) == (2, True)


def test_killed_while_it_uploads(gateway: Installation, tmp_path: Path) -> None:
    """A client that is killed in the middle and run again makes one batch, from what was there already."""
    path = tmp_path / "large.xml"
    path.write_bytes(b"".join(batch_xml("CLI-LARGE", ITEMS)) + b" " * 60_000_000)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(words(gateway, "submit", str(path), "--no-wait"), env=environment)
    spool = gateway.folder / "data" / "spool"
    before = set(spool.glob("*"))
    until(lambda: True if child.poll() is not None or set(spool.glob("*")) - before else None, 60)
    child.kill()
    child.wait()
    again = run(gateway, "submit", str(path))
    assert again.returncode == 0, again.stderr
    assert again.stdout.split()[2:] == ["accepted", str(ITEMS - BAD), "rejected", str(BAD)]
    assert run(gateway, "submit", str(path)).stdout == again.stdout
