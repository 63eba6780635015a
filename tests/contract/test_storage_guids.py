"""GUIDs are unique over threads, processes, forks and restarts."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.guids import DatabaseGuids
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.usecases.ports import GuidSource

ROOT = Path(__file__).parents[2]
DRAW = """
import sys
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.guids import DatabaseGuids
from gateway.adapters.storage.unit_of_work import SqlDatabase
guids = DatabaseGuids(SqlDatabase(build_engine(sys.argv[1])), 1001, block=7)
for _ in range(100):
    print(guids.next(1))
"""


def test_four_processes_never_draw_the_same(database_url: str) -> None:
    """Processes that reserve small blocks at the same time draw different GUIDs."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", DRAW, database_url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(4)
    ]
    drawn = [line for child in children for line in child.communicate(timeout=60)[0].split()]
    assert [child.returncode for child in children] == [0] * 4
    assert len(drawn) == len(set(drawn)) == 400


def test_threads_share_a_block(database: SqlDatabase) -> None:
    """Threads draw from one block without doubles or gaps, in a block of the default size."""
    guids: GuidSource = DatabaseGuids(database, 1001)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: guids.next(1), range(500)))
    assert sorted(guid.sequence for guid in drawn) == list(range(1, 501))


def test_issuers_and_installations_count_apart(database: SqlDatabase) -> None:
    """Each issuer of each installation has its own sequence, which begins at one."""
    first, second = DatabaseGuids(database, 1001), DatabaseGuids(database, 1002)
    assert str(first.next(1)) == "001001-0001-000000000000001.par"
    assert str(first.next(2)) == "001001-0002-000000000000001.par"
    assert str(second.next(1)) == "001002-0001-000000000000001.par"
    assert str(first.next(1)) == "001001-0001-000000000000002.par"


def test_restart_leaves_a_gap_never_a_double(database: SqlDatabase) -> None:
    """What is left of a block at a restart is never drawn again."""
    assert DatabaseGuids(database, 1001, block=10).next(1).sequence == 1
    assert DatabaseGuids(database, 1001, block=10).next(1).sequence == 11


def test_block_boundary_is_seamless(database: SqlDatabase) -> None:
    """The last number of a block is followed by the first of the next."""
    guids = DatabaseGuids(database, 1001, block=2)
    assert [guids.next(1).sequence for _ in range(5)] == [1, 2, 3, 4, 5]


def test_fork_leaves_the_block_to_its_parent(database_url: str) -> None:
    """A forked child forgets the copied block, so that parent and child never draw the same."""
    guids = DatabaseGuids(SqlDatabase(build_engine(database_url)), 1001)
    guids.next(1)
    guids._database.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(guids.next(1)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        assert told.read() == b"001001-0001-000000000001001.par"
    assert guids.next(1).sequence == 2
    guids._database.close()
