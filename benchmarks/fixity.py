"""Re-verification of stored octets beside plain SHA-256 of the same octets, in megabytes (10^6) a second.

usage: python -m benchmarks.fixity [--owners N] [--blobs N] [--size BYTES] [--database URL]
One thread of one process, full speed: decrypt (AES-256-GCM), digest, compare, claim and settle the rows.
The files were just written, so the disk's cache serves both; a cold disk sets the pace of either.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.files import FileVault, owner_folder
from gateway.adapters.vault.keyring import Keyring
from gateway.bootstrap.technology import SystemClock
from gateway.domain.fixity import FixityFailure
from gateway.usecases.fixity import Fixity, Pace
from gateway.usecases.fixity_objects import FixityObjects

RUNS = 3
MEGA = 1_000_000


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--owners", type=int, default=200)
    options.add_argument("--blobs", type=int, default=5)
    options.add_argument("--size", type=int, default=200_000, help="octets of each blob")
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.database)
        bench.fill(asked.owners, asked.blobs, asked.size)
        total = asked.owners * asked.blobs * asked.size
        print(
            f"{asked.owners} owners of {asked.blobs} blobs, {asked.size} octets each: {total / MEGA:.0f} MB"
        )
        plain = min(bench.plain() for _ in range(RUNS))
        print(f"plain SHA-256 of the files     {total / plain / MEGA:8.1f} MB/s")
        opened = min(bench.opened() for _ in range(RUNS))
        print(f"decrypted and digested         {total / opened / MEGA:8.1f} MB/s")
        fixity = min(bench.fixity() for _ in range(RUNS))
        print(f"re-verified, with rows         {total / fixity / MEGA:8.1f} MB/s")
        print(f"share of plain SHA-256         {plain / fixity:8.0%}")
        bench.database.close()
    return 0


class Bench:
    """A vault and a database with owners in them."""

    def __init__(self, folder: Path, url: str) -> None:
        clock = SystemClock()
        kek_files.create(folder / "keys", datetime.now(UTC))
        self.root = folder / "vault"
        self.vault = FileVault(self.root, Keyring(folder / "keys"))
        self.database = SqlDatabase(build_engine(url or f"sqlite:///{folder}/gateway.sqlite"))
        upgrade(self.database.engine)
        self.use_case = Fixity(
            self.database,
            FixityObjects(self.database, self.vault, _no_stamp),
            clock,
            _alarm,
            Pace(1, clock, time.sleep),
            # Due again at once, for the next run.
            period=timedelta(seconds=0),
        )
        self.blobs: dict[str, list[bytes]] = {}

    def fill(self, owners: int, blobs: int, size: int) -> None:
        for number in range(owners):
            owner, key = f"001001-0001-{number:015d}.par", self.vault.new_key()
            self.blobs[owner] = [
                *self.vault.put(owner, key, [os.urandom(size) for _ in range(blobs)]),
            ]
            with self.database.write() as uow:
                uow.keys.add(owner, key)
                uow.commit()

    def plain(self) -> float:
        """The ciphertext as it lies there: 28 octets a blob more than the clear."""
        start = time.perf_counter()
        for owner, digests in self.blobs.items():
            for digest in digests:
                file = owner_folder(self.root, owner) / digest.hex()
                hashlib.sha256(file.read_bytes()).digest()
        return time.perf_counter() - start

    def opened(self) -> float:
        with self.database.read() as uow:
            keys = {owner: uow.keys.get(owner) for owner in self.blobs}
        start = time.perf_counter()
        for owner, digests in self.blobs.items():
            for digest in digests:
                self.vault.get(owner, keys[owner], digest)
        return time.perf_counter() - start

    def fixity(self) -> float:
        due, checks = self.use_case.everything(paced=False)
        start = time.perf_counter()
        # Each is due again at once: the claims are ended by counting.
        for _ in zip(range(due), checks, strict=False):
            pass
        return time.perf_counter() - start


def _no_stamp(_token: bytes, _octets: bytes) -> None:
    """These owners have blobs only."""


def _alarm(failure: FixityFailure) -> None:
    raise SystemExit(f"{failure.object} is {failure.problem.value}")


if __name__ == "__main__":
    sys.exit(main())
