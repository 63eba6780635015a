"""CPU time of the storage layer: units of work and their statements, on SQLite or any database.

usage: python -m benchmarks.storage [--database URL] [--rounds N]
Each figure is the best of three runs, in milliseconds of this process; the server's own time is not in it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.record import DataKey, Task

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
RUNS = 3
OWNER = uuid4().hex


class Work:
    """What a transaction does again and again, one method a figure."""

    def __init__(self, database: SqlDatabase) -> None:
        self.database = database
        self.numbers = count()

    def empty_read(self) -> None:
        with self.database.read():
            pass

    def read_of_one(self) -> None:
        with self.database.read() as unit:
            unit.keys.get(OWNER)

    def read_of_ten(self) -> None:
        with self.database.read() as unit:
            for _ in range(10):
                unit.keys.get(OWNER)

    def empty_write(self) -> None:
        with self.database.write():
            pass

    def empty_claim(self) -> None:
        with self.database.write() as unit:
            unit.tasks.claim(NOW - LATER.resolution, LATER, 10)
            unit.commit()

    def task_from_add_to_done(self) -> None:
        """Three commits."""
        task = Task(f"{OWNER}-{next(self.numbers)}", "none", OWNER, "", NOW)
        with self.database.write() as unit:
            unit.tasks.add(task)
            unit.commit()
        with self.database.write() as unit:
            [task] = unit.tasks.claim(NOW, LATER, 1)
            unit.commit()
        with self.database.write() as unit:
            unit.tasks.complete(task)
            unit.commit()


def cpu_ms(work: Callable[[], None], rounds: int) -> float:
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        for _ in range(rounds):
            work()
        best = min(best, (time.process_time() - start) / rounds * 1000)
    return best


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    options.add_argument("--rounds", type=int, default=500)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = SqlDatabase(build_engine(asked.database or f"sqlite:///{folder}/gateway.sqlite"))
        upgrade(database.engine)
        with database.write() as unit:
            unit.keys.add(OWNER, DataKey("benchmark", bytes(40)))
            unit.commit()
        work = Work(database)
        figures = (work.empty_read, work.read_of_one, work.read_of_ten, work.empty_write, work.empty_claim)
        for each in (*figures, work.task_from_add_to_done):
            print(f"{each.__name__.replace('_', ' '):24s} {cpu_ms(each, asked.rounds):.3f} ms")
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
