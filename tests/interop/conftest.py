"""One whole transaction, as `scripts/quickstart` makes it, for programs that we did not write to judge."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.public_tools import ROOT

PRODUCED = ROOT / "tests" / "vectors" / "produced" / "transaction"


@pytest.fixture(scope="session")
def transaction() -> Path:
    """The quickstart's folder: evidence, certificate, pack, evidence record, deposit and `ca.pem`."""
    shutil.rmtree(PRODUCED, ignore_errors=True)
    PRODUCED.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "scripts.quickstart", "--output", str(PRODUCED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return PRODUCED


@pytest.fixture(scope="session")
def root(transaction: Path) -> Path:
    """The only thing that a verifier needs beside a file."""
    return transaction / "ca.pem"
