"""`scripts/demo` does what it says, on a smaller batch than the default one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from tests.public_tools import ROOT

ITEMS = 30
CODES = ["E000305", "E000305", "E000501", "E000502", "E000503", "E000505", "E000501", "E000305", "E000305",
         "E000204"]  # fmt: skip


def demo(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scripts.demo", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.timeout(300)
def test_a_batch_runs_to_its_report_and_closed_transactions(tmp_path: Path) -> None:
    """Ten items are refused, each with the code that it deserves; all others end signed at state 12."""
    folder = tmp_path / "batch"
    done = demo("batch", "--items", str(ITEMS), "--output", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.fullmatch(rf"batch [0-9a-f-]{{32,36}} accepted {ITEMS - 10} rejected 10", last)
    assert f"{ITEMS - 10} transactions are closed: state 12, result 7" in done.stdout
    report = parse((folder / "report.xml").read_bytes(), limit=1_000_000)
    schemas.validate(report, "batch")
    # Two workers share the items: which of the two that have one external id is first, is theirs to decide.
    codes = [each.text or "" for each in report.iter("{urn:fehaciente:faults:1.0}code")]
    assert sorted(codes) == sorted(CODES)
    assert len((folder / "report.csv").read_text(encoding="utf-8-sig").splitlines()) == ITEMS + 1
    assert len(list((folder / "proof").glob("*/certificate.pdf"))) == 3


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """What no demonstration made is not deleted."""
    (tmp_path / "precious").write_text("keep me")
    done = demo("batch", "--output", str(tmp_path))
    assert done.returncode == 2
    assert (tmp_path / "precious").exists()
