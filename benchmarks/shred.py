"""Shredding a cohort: data keys wrapped anew a second.

usage: python -m benchmarks.shred [--database URL] [--keys N]
The reference is the same number of plain AES-GCM unwraps and wraps, without a database.
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.keyring import Keyring
from gateway.usecases.shred import Shred

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 5000


class FixedClock:
    """It stands still: grace and delay are nothing here."""

    def now(self) -> datetime:
        return NOW


def fill(database: SqlDatabase, ring: Keyring, count: int) -> None:
    for start in range(0, count, BATCH):
        with database.write() as unit:
            for number in range(start, min(start + BATCH, count)):
                unit.keys.add(f"owner-{number:09d}", ring.new_key())
            unit.commit()


def plain(ring: Keyring, count: int) -> float:
    """Wraps anew a second, in memory."""
    key, start = ring.new_key(), time.perf_counter()
    for _ in range(count):
        ring.rewrap(key)
    return count / (time.perf_counter() - start)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    options.add_argument("--keys", type=int, default=100_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keks = Path(folder) / "keys"
        old = kek_files.create(keks, NOW - timedelta(days=60))
        ring = Keyring(keks)
        database = SqlDatabase(build_engine(asked.database or f"sqlite:///{folder}/gateway.sqlite"))
        upgrade(database.engine)
        fill(database, ring, asked.keys)
        kek_files.create(keks, NOW)
        shred = Shred(database, ring, FixedClock(), lambda *_: None, timedelta(), timedelta())
        start = time.perf_counter()
        moved = shred([old]).rewrapped
        seconds = time.perf_counter() - start
        gone = shred([old]).destroyed == (old,)
        rate, reference = moved / seconds, plain(ring, 20_000)
        print(f"{moved} data keys wrapped anew in {seconds:.1f} s: {rate:.0f}/s, then destroyed: {gone}")
        print(f"in memory {reference:.0f}/s, ratio {rate / reference:.2f}")
        database.close()
    return 0 if gone else 1


if __name__ == "__main__":
    sys.exit(main())
