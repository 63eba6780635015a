"""The Node programs of tests/clients/node with their packages, installed once for each lock file."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.services import absent

SOURCE = Path(__file__).parent / "clients" / "node"


def installed(request: pytest.FixtureRequest) -> Path:
    """The folder, complete or not there at all; a missing npm is a skip at home and a failure in CI."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        absent("node and npm")
    cache: Path = request.config.cache.mkdir("node")  # type: ignore[union-attr]
    digest = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()[:16]
    done, draft = cache / digest, cache / f"{digest}.{os.getpid()}"
    if not done.is_dir():
        shutil.copytree(SOURCE, draft, ignore=shutil.ignore_patterns("node_modules"))
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        install = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=110, check=False)
        if install.returncode:
            absent(f"npm ci failed: {install.stderr[-500:]}")
        if not done.is_dir():
            draft.rename(done)
    for program in SOURCE.glob("*.mjs"):
        shutil.copy(program, done)
    return done
