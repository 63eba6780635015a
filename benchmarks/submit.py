"""Submit per second over HTTP: WS-Security by RSA-2048, a 50 KB PDF, a real gateway process.

usage: python -m benchmarks.submit [--requests N] [--connections K] [--database URL]
Requests are signed beforehand, so that the client costs little. The reference is the same load on a
server that only reads and answers: the ratio tells what the gateway adds.
"""

import argparse
import http.client
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from lxml import etree

from benchmarks.measuring import cpu_seconds, percentile
from scripts.installation import Installation
from scripts.sample_contract import contract_pdf, transaction_xml

GATEWAY = "urn:fehaciente:gateway:1.0"
PICTURE = 37_500
PORT, REFERENCE_PORT = 18080, 18081
REFERENCE = """
import sys
from waitress import serve
def app(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", "2")])
    return [b"ok"]
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8)
"""
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{GATEWAY}:Submit"'}


@dataclass
class Load:
    """The outcome of one run; latencies in seconds."""

    seconds: float = 0.0
    cpu: float = 0.0
    client_cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


def envelopes(installation: Installation, count: int) -> list[bytes]:
    pdf, made = contract_pdf(1, PICTURE), []
    with installation.client() as client:
        for _ in range(count):
            operation = etree.Element(f"{{{GATEWAY}}}Submit", nsmap={"g": GATEWAY})
            operation.append(etree.fromstring(transaction_xml(pdf)))
            made.append(client.signed_envelope(etree.tostring(operation)))
    return made


def fire(port: int, requests: list[bytes], connections: int, pid: int) -> Load:
    """Send everything over so many connections at once."""
    queue: SimpleQueue[bytes] = SimpleQueue()
    for request in requests:
        queue.put(request)
    load, lock = Load(), threading.Lock()

    def one_connection() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            try:
                request = queue.get_nowait()
            except Empty:
                return
            start = time.perf_counter()
            connection.request("POST", "/soap", request, HEADERS)
            answer = connection.getresponse()
            body = answer.read()
            with lock:
                load.latencies.append(time.perf_counter() - start)
                if answer.status != 200:
                    load.failures.append(body[:300].decode(errors="replace"))

    threads = [threading.Thread(target=one_connection) for _ in range(connections)]
    before, own, start = cpu_seconds(pid), time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - start
    load.cpu, load.client_cpu = cpu_seconds(pid) - before, time.process_time() - own
    return load


def reference(requests: list[bytes], connections: int) -> Load:
    process = subprocess.Popen([sys.executable, "-c", REFERENCE, str(REFERENCE_PORT)])
    try:
        time.sleep(2)
        return fire(REFERENCE_PORT, requests, connections, process.pid)
    finally:
        process.terminate()
        process.wait()


def report(name: str, load: Load) -> None:
    count = len(load.latencies)
    print(
        f"{name:<24} {load.rate:8.1f}/s  p50 {percentile(load.latencies, 0.5) * 1000:7.1f} ms"
        f"  p99 {percentile(load.latencies, 0.99) * 1000:7.1f} ms  server {load.cpu / count * 1000:5.2f}"
        f"  client {load.client_cpu / count * 1000:5.2f} CPU ms each  failures {len(load.failures)}"
    )
    for failure in load.failures[:2]:
        print(f"  {failure}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=1500)
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    options.add_argument("--workers", type=int, default=0, help="worker threads beside the door")
    options.add_argument("--processes", type=int, default=2, help="serving processes")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(
            Path(folder) / "gateway",
            PORT,
            asked.database,
            workers=asked.workers,
            processes=asked.processes,
        )
        installation.create()
        requests = envelopes(installation, asked.requests + 50)
        print(f"{asked.requests} requests of {len(requests[0]) // 1024} KiB, {asked.connections} connections")
        with installation.serving() as server:
            fire(PORT, requests[:50], asked.connections, server.pid)
            ours = fire(PORT, requests[50:], asked.connections, server.pid)
        plain = reference(requests[50:], asked.connections)
    report("gateway, Submit", ours)
    report("reference, reads only", plain)
    print(f"ratio to the reference: {ours.rate / plain.rate:.3f}")
    return len(ours.failures)


if __name__ == "__main__":
    sys.exit(main())
