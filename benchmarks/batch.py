"""Batch items accepted per second, and the memory that it takes: 1,000, 10,000 and 100,000 items of 20 KB.

usage: python -m benchmarks.batch [--items N ...] [--database URL] [--profile]
Each size is one process of its own over a fresh installation: the file is spooled, read and taken, one slice
after the other; what follows for each transaction (stamps, seals, notices) is left to be done. The reference
is lxml parsing and validating the same items in the same process: what reading XML costs at the least.
"""

import argparse
import cProfile
import hashlib
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway import settings as configuration
from gateway.adapters.xml import parser, schemas
from gateway.bootstrap.system import System, system
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.batch import Batch, BatchStatus
from gateway.domain.parties import Issuer
from gateway.usecases.outbox import Kind
from scripts.installation import Installation
from scripts.sample_contract import contract_pdf, transaction_xml

NAMESPACE = "urn:fehaciente:batch:1.0"
PICTURE = 10_600
PORT = 18090
PIECE = 1024 * 1024
SAMPLE = 1000
COLUMNS = (
    "items",
    "file",
    "spooled",
    "read",
    "taken a second",
    "all in all",
    "RSS before",
    "peak RSS",
    "lxml",
    "ratio",
)
LEASE = timedelta(minutes=2)


@dataclass
class Clocked:
    """Seconds that a stage took."""

    seconds: float = 0.0

    def __enter__(self) -> "Clocked":
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def item() -> tuple[bytes, bytes]:
    """A transaction of 20 KB in two halves, between which its external id stands."""
    xml = transaction_xml(contract_pdf(1, PICTURE), "@@@").partition(b"?>")[2].strip()
    before, _, after = xml.partition(b"@@@")
    return before, after


def batch_file(items: int, name: str = "bench") -> Iterator[bytes]:
    before, after = item()
    yield f'<batch xmlns="{NAMESPACE}"><external_id>{name}</external_id>'.encode()
    yield f"<item_count>{items}</item_count>".encode()
    piece = bytearray()
    for number in range(items):
        piece += before + f"{name}-{number}".encode() + after
        if len(piece) > PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece) + b"</batch>"


def reference() -> float:
    """Items a second that lxml parses and validates."""
    before, after = item()
    xml = before + b"BENCH" + after
    with Clocked() as clocked:
        for _ in range(SAMPLE):
            schemas.validate(parser.parse(xml, limit=len(xml)), "transaction")
    return SAMPLE / clocked.seconds


def spooled(use_cases: System, issuer: Issuer, items: int) -> Batch:
    writer = use_cases.batches.spool.create()
    for piece in batch_file(items):
        writer.write(piece)
    return use_cases.batches.submit(
        issuer, "bench", writer.finish(), hashlib.sha256().hexdigest(), covered=True
    )


def work(tech: Technology, use_cases: System, kind: Kind) -> None:
    """Run the tasks of this kind until none is left; others are left alone."""
    while True:
        now = tech.clock.now()
        with tech.database.write(synced=False) as uow:
            tasks = uow.tasks.claim(now, now + LEASE, 1, 1)
            if not tasks or tasks[0].kind != kind.value:
                return
            uow.commit()
        if use_cases.handlers[kind.value](tasks[0]):
            continue
        with tech.database.write() as uow:
            uow.tasks.complete(tasks[0])
            uow.commit()


def peak() -> int:
    """Largest resident size of this process so far, in MiB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def measure(config: Path, items: int, profile: bool) -> None:
    settings = configuration.load(config)
    tech = technology(settings)
    use_cases = system(settings, tech, lambda: None)
    plain, start = reference(), peak()
    with tech.database.read() as uow:
        issuer = uow.issuers.all()[0]
    with Clocked() as spooling:
        batch = spooled(use_cases, issuer, items)
    with Clocked() as reading:
        work(tech, use_cases, Kind.READ_BATCH)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    with Clocked() as taking:
        work(tech, use_cases, Kind.TAKE_BATCH)
    profiler.disable()
    view = use_cases.batches.get(issuer, batch.id)
    if view.batch.status is not BatchStatus.FINISHED or view.counts.accepted != items:
        raise RuntimeError(f"{view.batch.status} {view.batch.code} {view.counts}")
    rate, size = items / taking.seconds, batch.file_size / 1e6
    everything = spooling.seconds + reading.seconds + taking.seconds
    cells = (
        f"{items:,}",
        f"{size:,.0f} MB",
        f"{size / spooling.seconds:.0f} MB/s",
        f"{size / reading.seconds:.0f} MB/s",
        f"{rate:.0f}",
        f"{items / everything:.0f}",
        f"{start} MiB",
        f"{peak()} MiB",
        f"{plain:.0f}/s",
        f"{rate / plain:.3f}",
    )
    print(f"| {' | '.join(cells)} |", flush=True)
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, nargs="+", default=[1000, 10_000, 100_000])
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    options.add_argument("--profile", action="store_true")
    options.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.within:
        measure(asked.within, asked.items[0], asked.profile)
        return 0
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|", flush=True)
    for items in asked.items:
        with tempfile.TemporaryDirectory() as folder:
            installation = Installation(Path(folder) / "gateway", PORT, asked.database)
            installation.create()
            words = [sys.executable, "-m", "benchmarks.batch", "--within", str(installation.config)]
            more = ["--profile"] if asked.profile else []
            subprocess.run([*words, "--items", str(items), *more], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
