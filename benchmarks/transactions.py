"""CONTRACT_EXPRESS transactions per second, from Submit to certificate, with scripted recipients.

usage: python -m benchmarks.transactions [--transactions N] [--people K] [--database URL]
One gateway process serves, one works; this process is issuer and recipients. CPU time is told apart for
server, worker, TSA (tokens times what one costs, measured in the same run) and clients. The reference is
the CPU time of seven plain signxml XAdES signatures, the least that such a transaction could be sealed with.
"""

import argparse
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from benchmarks import seals
from benchmarks.measuring import Mailbox, cpu_seconds, percentile
from gateway.adapters.crypto import keys, tsa
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.client import Client
from scripts.installation import CODE, LINK, Installation
from scripts.portal_driver import PortalDriver
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml

PORT = 18082
PICTURE = 37_500
EVIDENCES = 7
# One a sealed evidence, one for the certificate, one for the digests at state 3.
TOKENS = EVIDENCES + 2
COSTING_SECONDS = 0.5
WAIT = 120.0


@dataclass(frozen=True)
class Recipients:
    """Everything that happens outside the gateway, one transaction after another in each thread."""

    installation: Installation
    mailbox: Mailbox
    reading: threading.Lock
    transaction: Callable[[], bytes]

    def one(self, client: Client) -> tuple[str, float]:
        """GUID and seconds from Submit to signature."""
        start = time.perf_counter()
        guid = client.submit(self.transaction()).guid
        with PortalDriver(found(LINK, self._wait(f"notice-{guid}-"))) as portal:
            portal.identify(IDENTIFIER).accept_conditions().read_documents().request_code()
            code = found(CODE, self._wait(f"code-{guid}-"))
            portal.wait_for_code(WAIT).sign(code)
        return guid, time.perf_counter() - start

    def _wait(self, prefix: str) -> str:
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            with self.reading:
                found = self.mailbox.find(prefix)
            if found:
                return found
            time.sleep(0.02)
        raise TimeoutError(prefix)


def run(people: Recipients, count: int, threads: int) -> list[tuple[str, float]]:
    left = iter(range(count))
    taking = threading.Lock()

    def one_thread(_: int) -> list[tuple[str, float]]:
        done: list[tuple[str, float]] = []
        with people.installation.client() as client:
            while True:
                with taking:
                    if next(left, None) is None:
                        return done
                done.append(people.one(client))

    with ThreadPoolExecutor(threads) as pool:
        return [each for done in pool.map(one_thread, range(threads)) for each in done]


def wait_for_certificates(installation: Installation, guids: list[str]) -> None:
    with installation.client() as client:
        for guid in guids:
            while "PACKED" not in {event.kind for event in client.events(guid)}:
                time.sleep(0.1)


def found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise LookupError(f"no {pattern.pattern} in the message")
    return match[0]


def costs(installation: Installation) -> tuple[float, float]:
    """CPU seconds of one TSA token, and of one plain signxml XAdES signature."""
    pki, clock = installation.folder / "data" / "pki", seals.SystemClock()
    authority = TimestampAuthority(keys.load(pki / "tsa.key", pki / "tsa.pem"), seals.POLICY, clock)
    request = tsa.request(bytes(32), 1, None)
    octets = seals.rendered()
    pair = keys.load(pki / "seal.key", pki / "seal.pem")
    plain = seals.plain_xades(pair, lambda: etree.fromstring(octets))
    return cpu_of(lambda: authority.respond(request)), cpu_of(plain)


def cpu_of(work: Callable[[], object]) -> float:
    start, done = time.process_time(), 0
    while time.process_time() - start < COSTING_SECONDS:
        work()
        done += 1
    return (time.process_time() - start) / done


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--transactions", type=int, default=300)
    options.add_argument("--people", type=int, default=12, help="recipients at once")
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder) / "gateway", PORT, asked.database, workers=0)
        installation.create()
        mailbox = Mailbox(installation.folder / "data" / "outbox" / "outbox.jsonl")
        pdf = contract_pdf(1, PICTURE)
        people = Recipients(installation, mailbox, threading.Lock(), lambda: transaction_xml(pdf))
        worker = installation.start("worker")
        try:
            with installation.serving() as server:
                run(people, asked.people, asked.people)
                pids = {"server": server.pid, "worker": worker.pid}
                measure(installation, people, asked, pids)
        finally:
            worker.terminate()
            worker.wait()
    return 0


def measure(
    installation: Installation, people: Recipients, asked: argparse.Namespace, pids: dict[str, int]
) -> None:
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    own, start, now = time.process_time(), time.perf_counter(), datetime.now(UTC)
    done = run(people, asked.transactions, asked.people)
    signed = time.perf_counter() - start
    own = time.process_time() - own
    # GUIDs count upwards, so those submitted last are certified last; the others are looked at afterwards.
    wait_for_certificates(installation, sorted(guid for guid, _ in done)[-asked.people :])
    seconds = time.perf_counter() - start
    cpu = {name: (cpu_seconds(pid) - before[name]) / len(done) * 1000 for name, pid in pids.items()}
    wait_for_certificates(installation, [guid for guid, _ in done])
    token, plain = costs(installation)
    latencies = [latency for _, latency in done]
    print(f"{now:%Y-%m-%d} {len(done)} transactions, {asked.people} recipients, {asked.database or 'SQLite'}")
    print(f"Submit to certificate: {len(done) / seconds:.1f}/s (to signature {len(done) / signed:.1f}/s)")
    print(f"one person: p50 {percentile(latencies, 0.5):.2f} s, p99 {percentile(latencies, 0.99):.2f} s")
    print(f"CPU ms each: server {cpu['server']:.1f}, worker {cpu['worker']:.1f} (of it TSA", end=" ")
    print(f"{TOKENS * token * 1000:.1f}), issuer and recipients {own / len(done) * 1000:.1f}")
    floor = EVIDENCES * plain * 1000
    print(f"gateway CPU to {EVIDENCES} plain signxml signatures: {sum(cpu.values()) / floor:.2f}")


if __name__ == "__main__":
    sys.exit(main())
