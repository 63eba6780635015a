"""The README's evidence chapter works as it stands, for somebody who has nothing of ours."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.public_tools import ROOT
from tests.services import absent

STEPS = re.compile(r"<!-- steps -->\n```bash\n(.*?)```\n<!-- end of steps -->", re.DOTALL)
GIVEN = ("pack.asice", "ca.pem", "evidence-record.xml", "deposit")
TOOLS = ("unzip", "xmlsec1", "openssl", "pdfsig", "pdfdetach", "python3")


@pytest.fixture
def desk(transaction: Path, tmp_path: Path) -> Path:
    """A folder with what a judge is given, and nothing else."""
    for tool in TOOLS:
        if shutil.which(tool) is None:
            absent(tool)
    for name in GIVEN:
        found = transaction / name
        (shutil.copytree if found.is_dir() else shutil.copy)(found, tmp_path / name)
    return tmp_path


def follow(desk: Path) -> "subprocess.CompletedProcess[str]":
    (steps,) = STEPS.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return subprocess.run(["bash", "-euo", "pipefail", "-c", steps], cwd=desk, capture_output=True, text=True)


def seal(transaction: Path) -> str:
    """The published certificate's SHA-256, as OpenSSL writes it."""
    (leaf, *_) = x509.load_pem_x509_certificates((transaction / "data" / "pki" / "seal.pem").read_bytes())
    return leaf.fingerprint(SHA256()).hex(":").upper()


def test_every_step_is_as_the_readme_says(desk: Path, transaction: Path) -> None:
    """Nine files verify, so do ten time-stamps and the record's, and the deposit holds the record's root."""
    done = follow(desk)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "No errors detected" in said
    assert len(re.findall("^OK$", said, re.MULTILINE)) == 10
    # Pack, eight files and the deposit, by one signer.
    assert re.findall("^ *10 sha256 Fingerprint=(.*)$", said, re.MULTILINE) == [seal(transaction)]
    assert said.count("Fingerprint=") == 1
    assert said.count("Verification: OK") == 10
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    root = said.splitlines()[-1] if not done.stderr else done.stdout.splitlines()[-1]
    assert re.fullmatch("[0-9a-f]{64}", root)
    assert root in (desk / "deposit" / "deposit-000001.xml").read_text()


@pytest.mark.parametrize("name", ["pack.asice", "evidence-record.xml", "deposit/deposit-000001.xml"])
def test_they_fail_for_what_was_altered(desk: Path, name: str) -> None:
    """One octet in the middle of any of the files, and a step ends with an error."""
    octets = bytearray((desk / name).read_bytes())
    octets[len(octets) // 2] ^= 1
    (desk / name).write_bytes(octets)
    assert follow(desk).returncode != 0
