"""Two serving and four working processes on one database, any of them killed at any time, the broker too.

What was acknowledged ends in state 12 with one certificate and one set of evidence, and nobody is told twice.
"""

import http.client
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import requests
from sqlalchemy import create_engine, text

from gateway.client import GatewayFault
from scripts.installation import Installation, free_port, until
from scripts.portal_driver import PortalDriver, PortalRefusal
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml
from tests.brokers import RabbitMq
from tests.services import postgresql_database

SIGNED, CANCELLED, EXPIRED = 6, 5, 5
KILLS = 9
SERVERS, WORKERS = 2, 4
SECONDS = 90.0
T = TypeVar("T")


class Process:
    """One process of one node: killed without warning, started again at once."""

    def __init__(self, node: Installation, role: str) -> None:
        self.node, self.role = node, role
        self.process = node.start(role)

    def kill(self) -> None:
        if self.role == "serve":
            # A server that never gets up would prove nothing.
            self.node.wait_until_ready(self.process, SECONDS)
        self.end()
        self.process = self.node.start(self.role)

    def end(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Fleet:
    """All nodes, each with a name and port of its own, over one database and one folder."""

    def __init__(self, first: Installation) -> None:
        self.first = first
        self.servers = [Process(self._node(f"serve{number}"), "serve") for number in range(SERVERS)]
        self.workers = [Process(self._node(f"work{number}"), "worker") for number in range(WORKERS)]

    def _node(self, name: str) -> Installation:
        return self.first.beside(name, self.first.port if name == "serve0" else free_port())

    def ready(self) -> None:
        for server in self.servers:
            server.node.wait_until_ready(server.process, SECONDS)

    def end(self) -> None:
        for each in [*self.servers, *self.workers]:
            each.end()


@pytest.fixture(params=["local", "dramatiq"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RabbitMq | None]:
    if request.param == "local":
        yield None
        return
    (tmp_path / "broker").mkdir()
    node = RabbitMq(tmp_path / "broker")
    node.start()
    yield node
    node.stop()


@pytest.fixture
def fleet(tmp_path: Path, broker: RabbitMq | None) -> Iterator[Fleet]:
    with postgresql_database() as url:
        first = Installation(tmp_path / "gateway", free_port(), url, workers=0, threads=4, lease="5s")
        first.setting("codes", "sends", "20")
        first.setting("codes", "attempts", "10")
        first.setting("tsa", "max_offset", "3s")
        if broker:
            (tmp_path / "password").write_text("guest\n")
            (tmp_path / "password").chmod(0o600)
            first.setting("worker", "engine", "dramatiq")
            first.setting("broker", "url", broker.url)
            first.setting("broker", "password_file", str(tmp_path / "password"))
        first.create()
        fleet = Fleet(first)
        try:
            fleet.ready()
            yield fleet
        finally:
            fleet.end()


@pytest.mark.timeout(580)
def test_any_process_may_be_killed(fleet: Fleet, broker: RabbitMq | None) -> None:
    """Contracts are signed, cancelled and left to expire while one process after another dies."""
    names = [f"LOAN-{number}" for number in range(SIGNED + CANCELLED + EXPIRED)]
    with ThreadPoolExecutor(8) as people:
        with killing(fleet, broker, KILLS):
            guids = list(people.map(lambda name: submitted(fleet, name), names))
            signers, others = guids[:SIGNED], guids[SIGNED : SIGNED + CANCELLED]
            done = [people.submit(signed, fleet, guid) for guid in signers]
            done += [people.submit(cancelled, fleet, guid) for guid in others]
            for each in done:
                each.result()
        closed = dict(zip(guids, people.map(lambda guid: finished(fleet, guid), guids), strict=True))
    expected = [(12, 7)] * SIGNED + [(12, 99932)] * CANCELLED + [(12, 99906)] * EXPIRED
    assert list(closed.values()) == expected
    until(lambda: settled(fleet) or None, SECONDS)
    assert_nothing_twice(fleet, guids, signers)


def submitted(fleet: Fleet, name: str) -> str:
    """As an issuer behind a balancer does: the very same again, to any node, until an answer comes."""
    number = int(name.partition("-")[2])
    document = transaction_xml(contract_pdf(1), name)
    if number >= SIGNED + CANCELLED:
        document = document.replace(b"P15D", b"PT12S")
    return again(fleet, lambda node: node.client().submit(document).guid)


def cancelled(fleet: Fleet, guid: str) -> None:
    def once(node: Installation) -> bool:
        try:
            node.client().cancel(guid, "test")
        except GatewayFault as fault:
            # A lost answer: it was cancelled before.
            if fault.code != "E000101":
                raise
        return True

    again(fleet, once)


def signed(fleet: Fleet, guid: str) -> None:
    """Begins anew at another node whenever something breaks, with a new code, as people do."""
    link = fleet.first.wait_for_link(guid, SECONDS)

    def once(node: Installation) -> bool:
        here = link.replace(f":{fleet.first.port}/", f":{node.port}/")
        with PortalDriver(here) as portal:
            try:
                portal.identify(IDENTIFIER)
            except PortalRefusal as refusal:
                if refusal.code == "E000101":
                    return True
                raise
            # What was done before the other node died is not asked again.
            if shows(portal, "conditions-form"):
                portal.accept_conditions()
            portal.read_documents()
            if shows(portal, "request-form"):
                portal.request_code().wait_for_code(20)
            portal.sign(fleet.first.wait_for_code(guid, 20))
        return True

    again(fleet, once)


def shows(portal: PortalDriver, form: str) -> bool:
    return f'id="{form}"'.encode() in portal.body


def finished(fleet: Fleet, guid: str) -> tuple[int, int]:
    """State and result, once the certificate and the pack are there."""

    def look() -> tuple[int, int] | None:
        def once(node: Installation) -> tuple[int, int] | bool:
            with node.client() as client:
                if not any(each.kind == "PACKED" for each in client.events(guid)):
                    return False
                found = client.state(guid)
            return (found.state, found.result) if found else False

        return again(fleet, once, allowed=lambda _: True) or None  # type: ignore[return-value]

    return until(look, SECONDS)


def again(fleet: Fleet, once: Callable[[Installation], T], allowed: Callable[[T], bool] = bool) -> T:
    chance = random.Random()
    deadline = time.monotonic() + SECONDS
    while True:
        node = chance.choice(fleet.servers).node
        try:
            found = once(node)
        except (requests.RequestException, GatewayFault, PortalRefusal, OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
        else:
            if allowed(found):
                return found
        time.sleep(0.3)


@contextmanager
def killing(fleet: Fleet, broker: RabbitMq | None, kills: int) -> Iterator[None]:
    chance = random.Random(20261124)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0.2, 1.5))
                victims = fleet.servers if number % 3 == 2 else fleet.workers
                chance.choice(victims).kill()
                if broker and number % 4 == 1:
                    broker.kill()
                if broker and number % 4 == 3:
                    broker.start()
        except BaseException as error:
            failures.append(error)

    killer = threading.Thread(target=run)
    killer.start()
    try:
        yield
    finally:
        killer.join()
        assert not failures, failures


def settled(fleet: Fleet) -> bool:
    return rows(fleet, "SELECT count(*) FROM tasks WHERE state <> 'DONE'") == [(0,)]


def rows(fleet: Fleet, query: str) -> list[tuple[object, ...]]:
    url = next(line for line in fleet.first.config.read_text().splitlines() if line.startswith("url = "))
    engine = create_engine(url.removeprefix("url = "))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def assert_nothing_twice(fleet: Fleet, guids: list[str], signers: list[str]) -> None:
    """One certificate and one pack each, evidence of every event once, events without a gap, every effect
    once and known, in the database and in the recipients' mailbox."""
    assert len(set(guids)) == len(guids)
    assert {guid for (guid,) in rows(fleet, "SELECT guid FROM transactions")} == set(guids)
    for table in ("certificates", "packs"):
        assert Counter(guid for (guid,) in rows(fleet, f"SELECT guid FROM {table}")) == Counter(guids)
    sequences: dict[object, list[object]] = {}
    for guid, number in rows(fleet, "SELECT guid, sequence FROM events ORDER BY guid, sequence"):
        sequences.setdefault(guid, []).append(number)
    assert all(found == list(range(found[0], found[0] + len(found))) for found in sequences.values())  # type: ignore[call-overload,operator]
    kept = rows(fleet, "SELECT owner, event, status FROM evidences")
    assert {status for _, _, status in kept} == {"SEALED"}
    events = Counter((owner, event) for owner, event, _ in kept)
    once = (
        "SubmissionAcceptance",
        "Signed",
        "Cancelled",
        "AcceptanceRejectionExpiry",
        "NotificationDelivered",
    )
    assert {count for (_, event), count in events.items() if str(event).endswith(once)} == {1}
    effects = rows(fleet, "SELECT guid, purpose, outcome FROM effects")
    assert {outcome for _, _, outcome in effects} <= {"DELIVERED", "NOT_SENT"}
    sent = Counter(message["id"] for message in fleet.first.messages())
    assert set(sent.values()) == {1}
    notices = Counter(
        name.partition("-")[2].partition(".par")[0] for name in sent if name.startswith("notice-")
    )
    assert set(notices.values()) == {1}
    assert {f"{guid}.par" for guid in notices} >= set(signers)
