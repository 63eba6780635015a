"""Several serving processes: all answer on one socket, a dead one is replaced, none outlives its parent."""

import os
import signal
from pathlib import Path

import pytest

from scripts.installation import Installation, free_port, until


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "gateway", free_port(), workers=0, processes=2)
    made.create()
    return made


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "zombie" not in status.read_text()


@pytest.mark.timeout(180)
def test_a_dead_child_is_replaced(installation: Installation) -> None:
    """The gateway goes on answering, with as many processes as before."""
    with installation.serving() as server:
        first = children(server.pid)
        assert len(first) == 2
        os.kill(first[0], signal.SIGKILL)
        until(lambda: len(set(children(server.pid)) - set(first)) == 1 or None, 30)
        installation.wait_until_ready(server)
    assert not any(alive(pid) for pid in first)


@pytest.mark.timeout(180)
def test_no_child_outlives_a_killed_parent(installation: Installation) -> None:
    """`kill -9` of the parent leaves nobody behind who would hold the port."""
    server = installation.start("serve")
    installation.wait_until_ready(server)
    orphans = children(server.pid)
    server.kill()
    server.wait()
    until(lambda: not any(alive(pid) for pid in orphans) or None, 30)
