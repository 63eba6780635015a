"""The Node programs of tests/clients with their packages, installed once for each lock file."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.services import absent

CLIENTS = Path(__file__).parent / "clients"


def installed(request: pytest.FixtureRequest, name: str = "node") -> Path:
    """The folder, complete or not there at all; a missing npm is a skip at home and a failure in CI."""
    source = CLIENTS / name
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        absent("node and npm")
    cache: Path = request.config.cache.mkdir(name)  # type: ignore[union-attr]
    digest = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()[:16]
    done, draft = cache / digest, cache / f"{digest}.{os.getpid()}"
    if not done.is_dir():
        shutil.copytree(source, draft, ignore=shutil.ignore_patterns("node_modules"))
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        install = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=110, check=False)
        if install.returncode:
            absent(f"npm ci failed: {install.stderr[-500:]}")
        if not done.is_dir():
            draft.rename(done)
    for program in source.glob("*.mjs"):
        shutil.copy(program, done)
    return done
