"""Tasks per second with 1, 2 and 4 worker processes on PostgreSQL, woken by it and by RabbitMQ.

usage: python -m benchmarks.workers --database URL [--broker URL] [--transactions N] [--tasks N]
First whole work: contracts submitted beforehand are stamped, sealed, notified and their evidence sealed by
`fehaciente worker` processes of one thread each. Then empty tasks, which show what claiming costs. References
of the same run: plain signxml signatures of one core, and one process that claims 50 empty rows at a time.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from lxml import etree
from sqlalchemy import Engine, create_engine, text

from benchmarks import seals
from benchmarks.measuring import cpu_seconds, percentile
from gateway.adapters.crypto import keys
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.work.announced import Announced, Listener
from gateway.adapters.work.bell import Bell
from gateway.adapters.work.dramatiq_broker import BrokerAddress, DramatiqListener, DramatiqRope
from gateway.adapters.work.local import LocalWorkers
from gateway.adapters.work.postgresql import NotifyListener, NotifyRope
from gateway.domain.record import Task
from scripts.installation import Installation, free_port, until
from scripts.sample_contract import contract_pdf, transaction_xml

PROCESSES = (1, 2, 4)
KIND = "benchmark"
WAIT = 300.0
LATENCIES = 100
LEFT = text("SELECT count(*) FROM tasks WHERE state = 'READY'")
# Their leases keep the tasks from everybody until all workers stand ready.
HELD = text("UPDATE tasks SET lease_until = :until WHERE state = 'READY'")
SETTLED_SECONDS = 3.0
Row = tuple[str, int, float, float]


class Rig:
    """One installation over the database, a server that only takes submissions, and nodes that work."""

    def __init__(self, folder: Path, database: str, broker: str) -> None:
        self.first = Installation(folder / "gateway", free_port(), database, workers=0, processes=1)
        self.first.create()
        self.engine = create_engine(database)
        self.nodes = {"local": self.first.beside("local", free_port())}
        if broker:
            # Written by `beside` with the keys that the first node has by then.
            self.first.setting("worker", "engine", "dramatiq")
            self.first.setting("broker", "url", broker)
            self.first.setting("broker", "password_file", str(password(folder)))
            self.nodes["dramatiq"] = self.first.beside("dramatiq", free_port())

    def submit(self, count: int) -> None:
        pdf = contract_pdf(1)

        def some(number: int) -> None:
            with self.first.client() as client:
                for _ in range(number):
                    client.submit(transaction_xml(pdf))

        with self.first.serving(), ThreadPoolExecutor(4) as people:
            list(people.map(some, [count // 4] * 4))

    def drained(self, engine: str, processes: int, count: int) -> tuple[float, float]:
        """Transactions a second from the moment that so many processes may begin until nothing is due, and
        their CPU milliseconds for each."""
        with self.engine.begin() as connection:
            connection.execute(HELD, {"until": datetime.now(UTC) + timedelta(hours=1)})
        workers = [self.nodes[engine].start("worker", output=subprocess.PIPE) for _ in range(processes)]
        try:
            for worker in workers:
                # It says "working".
                assert worker.stdout
                assert worker.stdout.readline()
            time.sleep(SETTLED_SECONDS)
            with self.engine.begin() as connection:
                connection.execute(HELD, {"until": None})
            began, before = time.perf_counter(), sum(cpu_seconds(worker.pid) for worker in workers)
            until(lambda: left(self.engine) == 0 or None, WAIT)
            seconds = time.perf_counter() - began
            cpu = sum(cpu_seconds(worker.pid) for worker in workers) - before
            return count / seconds, cpu / count * 1000
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait()


def password(folder: Path) -> Path:
    """RabbitMQ's own default user; a real installation names another file."""
    file = folder / "password"
    file.write_text("guest\n")
    file.chmod(0o600)
    return file


def left(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(LEFT).scalar_one())


def whole_work(rig: Rig, count: int) -> Iterator[Row]:
    for engine in rig.nodes:
        for processes in PROCESSES:
            rig.submit(count)
            yield engine, processes, *rig.drained(engine, processes, count)


def signxml_rate(rig: Rig) -> float:
    pki, octets = rig.first.folder / "data" / "pki", seals.rendered()
    plain = seals.plain_xades(keys.load(pki / "seal.key", pki / "seal.pem"), lambda: etree.fromstring(octets))
    began, done = time.process_time(), 0
    while time.process_time() - began < 1:
        plain()
        done += 1
    return done / (time.process_time() - began)


class Empty:
    """Workers of empty tasks in a process of its own, of one engine."""

    def __init__(self, database: str, broker: str) -> None:
        self.database, self.broker = database, broker

    def bell_and_listener(self, engine: Engine) -> tuple[Bell, Listener]:
        if not self.broker:
            return Bell(NotifyRope(engine), _ignore), NotifyListener(engine)
        parts = urlsplit(self.broker)
        where = parts.hostname or "", parts.port or 5672
        address = BrokerAddress(*where, "/", "guest", "guest", KIND, heartbeat=10, timeout=5.0)
        return Bell(DramatiqRope(address), _ignore), DramatiqListener(address)

    def run(self, ready: Any, stop: Any) -> None:
        database = SqlDatabase(build_engine(self.database))
        bell, listener = self.bell_and_listener(database.engine)
        local = LocalWorkers(
            database, {KIND: _done}, seals.SystemClock(), threads=2, idle=lambda: 30.0, full=bell.full
        )
        workers = Announced(local, listener)
        bell.start()
        workers.start()
        until(lambda: listener.hears() or None, WAIT)
        ready.release()
        stop.wait()
        workers.stop(10)
        bell.stop(2)
        os._exit(0)

    @contextmanager
    def working(self, processes: int) -> Iterator[None]:
        context = multiprocessing.get_context("spawn")
        ready, stop = context.Semaphore(0), context.Event()
        started = [context.Process(target=self.run, args=(ready, stop)) for _ in range(processes)]
        for process in started:
            process.start()
        for _ in started:
            ready.acquire()
        try:
            yield
        finally:
            stop.set()
            for process in started:
                process.join()


def empty_tasks(
    database: SqlDatabase, url: str, broker: str, count: int
) -> Iterator[tuple[str, int, float, float]]:
    """Engine, processes, tasks a second, and the median seconds from commit to done of one alone."""
    for name, where in [("local", "")] + ([("dramatiq", broker)] if broker else []):
        empty = Empty(url, where)
        for processes in PROCESSES:
            bell, _ = empty.bell_and_listener(database.engine)
            bell.start()
            with empty.working(processes):
                alone = [_alone(database, bell.ring) for _ in range(LATENCIES)]
                fill(database, count)
                began = time.perf_counter()
                bell.ring()
                until_empty(database.engine)
                rate = count / (time.perf_counter() - began)
            bell.stop(2)
            yield name, processes, rate, percentile(alone, 0.5)


def _alone(database: SqlDatabase, ring: Callable[[], None]) -> float:
    began = time.perf_counter()
    fill(database, 1)
    ring()
    until_empty(database.engine)
    return time.perf_counter() - began


def until_empty(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(LEFT).scalar_one():
            time.sleep(0.0005)


def fill(database: SqlDatabase, count: int) -> None:
    with database.write() as unit:
        for _ in range(count):
            unit.tasks.add(Task(str(uuid4()), KIND, "", "", datetime.now(UTC)))
        unit.commit()


def claims(database: SqlDatabase, count: int) -> float:
    """Empty rows a second of one process and thread that claims 50, completes them and commits twice."""
    fill(database, count)
    began = time.perf_counter()
    while True:
        now = datetime.now(UTC)
        with database.write(synced=False) as unit:
            mine = unit.tasks.claim(now, now + timedelta(minutes=1), 50)
            unit.commit()
        if not mine:
            return count / (time.perf_counter() - began)
        with database.write() as unit:
            for task in mine:
                unit.tasks.complete(task)
            unit.commit()


def _done(_: Task) -> bool:
    return False


def _ignore(_: str) -> None:
    """Outcomes of calls are not counted here."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", required=True, help="SQLAlchemy URL of an empty PostgreSQL database")
    options.add_argument("--broker", default="", help="amqp URL of a RabbitMQ with its default user")
    options.add_argument("--transactions", type=int, default=200)
    options.add_argument("--tasks", type=int, default=5000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), asked.database, asked.broker)
        signed = signxml_rate(rig)
        print(f"{datetime.now(UTC):%Y-%m-%d} {os.cpu_count()} cores; signxml XAdES B-B {signed:.0f}/s")
        for engine, processes, rate, cpu in whole_work(rig, asked.transactions // 4 * 4):
            print(f"| {engine} | {processes} | {rate:.1f} | {rate / signed:.4f} | {cpu:.1f} ms |", flush=True)
        database = SqlDatabase(build_engine(asked.database))
        plain = claims(database, asked.tasks)
        print(f"one process claiming 50 empty rows at a time: {plain:.0f}/s")
        for engine, processes, rate, alone in empty_tasks(
            database, asked.database, asked.broker, asked.tasks
        ):
            print(f"| {engine} | {processes} | {rate:.0f}/s | {rate / plain:.2f} | {alone * 1000:.1f} ms |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
