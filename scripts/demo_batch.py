"""A batch of contracts: submitted by the command line, its good items signed by their customers, all closed.

The recipients open their links, read, and type the code that came to their phone, over HTTP like anybody.
"""

import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import track

from gateway.client import Batch, BatchItem, Client
from scripts.installation import Installation
from scripts.outbox import Outbox
from scripts.portal_driver import PortalDriver
from scripts.sample_batch import batch_xml
from scripts.sample_contract import IDENTIFIER

CUSTOMERS = 12
WORKERS = 2
CLOSED, COMPLETED = 12, 7
SAMPLES = 3
POLL_SECONDS = 1.0
LONGEST_SECONDS = 3600.0


def run(installation: Installation, count: int) -> int:
    """Exit code 0 when every item has the answer that it deserves and every good one is at state 12."""
    folder = installation.folder
    _say("1", "A fresh installation: keys, development PKI, SQLite, an issuer")
    installation.create()
    file = folder / "batch.xml"
    with file.open("wb") as octets:
        octets.writelines(batch_xml("TELCO-2026-11", count))
    _say(
        "2",
        f"{file.name}: {count} contracts, {file.stat().st_size / 1e6:.1f} MB, ten of them bad in ten ways",
    )
    with installation.serving(), _working(installation), installation.client() as client:
        _say("3", f"The gateway serves at {installation.url}, {WORKERS} workers beside it")
        batch = _submitted(installation, client, file)
        items = list(client.batch_report(batch.id))
        _reported(installation, batch, [item for item in items if not item.guid])
        _signed(installation, [item.guid for item in items if item.guid])
        batch = _closed(client, batch)
        verified = _verified(installation, [item.guid for item in items if item.guid])
    closed = sum(many for state, result, many in batch.progress if (state, result) == (CLOSED, COMPLETED))
    _say("9", f"{closed} transactions are closed: state {CLOSED}, result {COMPLETED}")
    print(f"batch {batch.id} accepted {batch.accepted} rejected {batch.refused}", flush=True)
    well = (batch.accepted, batch.refused, closed) == (count - 10, 10, count - 10)
    return 0 if well and verified else 1


def _submitted(installation: Installation, client: Client, file: Path) -> Batch:
    started = time.monotonic()
    issuer = installation.folder / "issuer"
    told = installation.command(
        "batch", "submit", str(file), "--url", f"{installation.url}/soap",
        "--key", str(issuer / "issuer.key"), "--cert", str(issuer / "issuer.pem"),
    )  # fmt: skip
    seconds = time.monotonic() - started
    batch = client.batch(told.split()[1])
    if batch is None:
        raise LookupError(told)
    _say("4", f"fehaciente batch submit: {told.strip()}, {batch.total / seconds:.0f} items a second")
    return batch


def _reported(installation: Installation, batch: Batch, bad: Sequence[BatchItem]) -> None:
    issuer, folder = installation.folder / "issuer", installation.folder
    for form in ("csv", "xml"):
        installation.command(
            "batch", "report", batch.id, "-o", str(folder / f"report.{form}"), "--format", form,
            "--url", f"{installation.url}/soap",
            "--key", str(issuer / "issuer.key"), "--cert", str(issuer / "issuer.pem"),
        )  # fmt: skip
    _say("5", "report.csv and report.xml have a line per item; the bad ones:")
    for item in bad:
        print(f"      {item.position:>6} {item.external_id:24} {item.code} {item.text_es}", flush=True)


def _signed(installation: Installation, guids: Sequence[str]) -> None:
    outbox = Outbox(installation.folder / "data" / "outbox" / "outbox.jsonl")
    _say("6", f"{len(guids)} customers, {CUSTOMERS} at once, open their links, read and sign")

    def sign(guid: str) -> None:
        with PortalDriver(outbox.link(guid, seconds=LONGEST_SECONDS), timeout=120) as portal:
            portal.identify(IDENTIFIER).accept_conditions().read_documents()
            portal.request_code().wait_for_code(120)
            portal.sign(outbox.code(guid))

    started = time.monotonic()
    with ThreadPoolExecutor(CUSTOMERS) as pool:
        for _ in track(
            pool.map(sign, guids), "signing", total=len(guids), console=Console(stderr=True), transient=True
        ):
            pass
    seconds = time.monotonic() - started
    _say("7", f"All have signed, {len(guids) / seconds:.1f} a second")


def _closed(client: Client, batch: Batch) -> Batch:
    """Once nothing of it is under way any more. Raises TimeoutError."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        seen = client.batch(batch.id)
        if seen and seen.progress and all(state == CLOSED for state, _, _ in seen.progress):
            return seen
        time.sleep(POLL_SECONDS)
    raise TimeoutError("the batch's transactions do not close")


def _verified(installation: Installation, guids: Sequence[str]) -> bool:
    """The proof of the first few, verified offline."""
    folder = installation.folder
    (folder / "ca.pem").write_bytes(installation.root_certificate())
    files = []
    for guid in islice(guids, SAMPLES):
        installation.wait_for_close(guid)
        installation.command("evidence", guid, "-o", str(folder / "proof" / guid))
        files += sorted((folder / "proof" / guid).rglob("*.xml"))
    report = installation.command("verify", *map(str, files), "--trust", str(folder / "ca.pem"))
    passed = sum(line.startswith("TOTAL-PASSED: ") for line in report.splitlines())
    _say("8", f"Of {SAMPLES} of them {passed} of {len(files)} signed files verify offline against ca.pem")
    return passed == len(files) > 0


@contextmanager
def _working(installation: Installation) -> Iterator[None]:
    workers = [installation.start("worker") for _ in range(WORKERS)]
    try:
        yield
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        for worker in workers:
            worker.wait(timeout=60)


def _say(step: str, text: str) -> None:
    print(f"[{step}] {text}", flush=True)
