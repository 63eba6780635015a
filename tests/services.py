"""Real services for tests: PostgreSQL, taken from FEHACIENTE_TEST_POSTGRESQL or started for this process.

A missing service is a skip at home and a failure where CI=true. Every caller gets a database of its own,
dropped afterwards. It knows no table.
"""

import atexit
import getpass
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

DEBIAN = Path("/usr/lib/postgresql")
# The tests kill clients, never the server, so it may spare the disk.
SETTINGS = ("fsync=off", "max_connections=200", "listen_addresses=", "max_wal_size=256MB")


@contextmanager
def postgresql_database() -> Iterator[str]:
    """The SQLAlchemy URL of an empty database, dropped at the end whoever is still connected."""
    server = make_url(postgresql_server()).set(drivername="postgresql")
    name = f"fehaciente_{uuid4().hex}"
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            url = server.set(drivername="postgresql+psycopg", database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def postgresql_server() -> str:
    """The URL of a server on which this process may create databases; started once, if need be."""
    if given := os.environ.get("FEHACIENTE_TEST_POSTGRESQL"):
        return given
    if binaries := _debian_binaries():
        return _start_debian(binaries)
    if find_spec("pgserver"):
        return _start_pgserver()
    absent("PostgreSQL: set FEHACIENTE_TEST_POSTGRESQL, or install postgresql or pgserver")


def absent(what: str) -> NoReturn:
    """Skip the test, or fail it where CI=true promises that everything is there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing service: {what}")
    pytest.skip(f"missing service: {what}")


def _debian_binaries() -> Path | None:
    found = [path.parent for path in DEBIAN.glob("*/bin/postgres") if path.parent.parent.name.isdecimal()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def _start_debian(binaries: Path) -> str:
    folder = Path(tempfile.mkdtemp(prefix="fehaciente-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user = _unprivileged()
    shutil.chown(folder, user)
    as_user = {"user": user, "extra_groups": []} if os.geteuid() == 0 else {}
    data = folder / "data"
    create = [binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]
    subprocess.run(create, check=True, capture_output=True, cwd=folder, **as_user)
    command = [binaries / "postgres", "-D", data, "-k", folder]
    if dies_with_us := shutil.which("setpriv"):
        # A killed test run leaves no server behind.
        command = [dies_with_us, "--pdeathsig", "INT", *command]
    for setting in SETTINGS:
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **as_user)
    atexit.register(_stop, server)
    return _ready(server, f"postgresql://postgres@/postgres?host={folder}", folder / "log")


def _unprivileged() -> str:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return getpass.getuser()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> str:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
            return url
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {log.read_text()[-2000:]}")
            time.sleep(0.02)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _start_pgserver() -> str:
    import pgserver

    folder = Path(tempfile.mkdtemp(prefix="fehaciente-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(server.cleanup)
    return server.get_uri()
