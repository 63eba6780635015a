"""How long a person's submission takes while a batch runs: from Submit to state 3, two worker threads.

usage: python -m benchmarks.batch_beside [--items N] [--submissions N] [--database URL]
One process of a fresh installation: submissions one after the other, first alone (the reference), then while
a batch is taken and followed up, then with lanes off: the batch's tasks stand in the lane of people.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from benchmarks.batch import PORT, batch_file, item
from benchmarks.measuring import percentile
from gateway import settings as configuration
from gateway.adapters.storage.tables import tasks
from gateway.adapters.work.local import LocalWorkers
from gateway.adapters.xml import parser, transaction_xml
from gateway.bootstrap.system import System, system
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.parties import Issuer
from gateway.domain.record import INTERACTIVE
from gateway.domain.states import State
from gateway.usecases.commands import Reference, Submit
from scripts.installation import Installation

PATIENCE = 120.0


def submitted(use_cases: System, issuer: Issuer) -> float:
    """Seconds from the submission to its seal."""
    before, after = item()
    octets = before + f"PERSON-{uuid4()}".encode() + after
    element = parser.parse(octets, limit=len(octets))
    digest = transaction_xml.content_digest(element)
    command = Submit(issuer, transaction_xml.read(element), digest, octets, uuid4().hex, "ab" * 32)
    start = time.perf_counter()
    guid = use_cases.submit(command).guid
    while use_cases.support.state(Reference(guid)).record.state < State.SEALED:
        time.sleep(0.005)
        if time.perf_counter() - start > PATIENCE:
            break
    return time.perf_counter() - start


def row(name: str, use_cases: System, issuer: Issuer, count: int) -> None:
    took = [submitted(use_cases, issuer) for _ in range(count)]
    cells = [f"{percentile(took, share) * 1000:.0f} ms" for share in (0.5, 0.9, 1.0)]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def begin(use_cases: System, issuer: Issuer, items: int, name: str) -> None:
    writer = use_cases.batches.spool.create()
    for piece in batch_file(items, name):
        writer.write(piece)
    use_cases.batches.submit(issuer, name, writer.finish(), "ab" * 32, covered=True)
    time.sleep(3)


def run(tech: Technology, config: Path, items: int, submissions: int) -> None:
    workers: list[LocalWorkers] = []
    use_cases = system(configuration.load(config), tech, lambda: workers[0].wake() if workers else None)
    workers.append(LocalWorkers(tech.database, use_cases.handlers, tech.clock, threads=2))
    with tech.database.read() as uow:
        issuer = uow.issuers.all()[0]
    workers[0].start()
    print("| submissions | p50 | p90 | longest |\n|---|---|---|---|", flush=True)
    row("alone", use_cases, issuer, submissions)
    begin(use_cases, issuer, items, "with")
    row("beside a batch", use_cases, issuer, submissions)
    # What it would be without lanes: everything is claimed in order of time.
    with tech.database.engine.begin() as connection:
        connection.execute(tasks.update().values(lane=INTERACTIVE))
    row("the same without lanes", use_cases, issuer, min(submissions, 3))
    workers[0].stop(5)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, default=1000)
    options.add_argument("--submissions", type=int, default=20)
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "gateway", PORT, asked.database)
        installation.create()
        tech = technology(configuration.load(installation.config))
        run(tech, installation.config, asked.items, asked.submissions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
