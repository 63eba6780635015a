"""`kill -9` of server and worker at random moments: nothing acknowledged is lost, no effect happens twice."""

import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from gateway.client import GatewayFault
from scripts.installation import Installation, free_port, until
from scripts.portal_driver import PortalDriver
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml
from tests.services import postgresql_database

SUBMISSIONS = 50
SIGNERS = 6
KILLS = 6
DATABASES = ["sqlite", "postgresql"]


class Mortal:
    """A gateway process that is killed now and then, and started again at once."""

    def __init__(self, installation: Installation, role: str, chance: random.Random) -> None:
        self._installation = installation
        self._chance = chance
        self._role = role
        self._process = installation.start(role)

    def kill(self) -> None:
        if self._role == "serve":
            # A server that never gets up would prove nothing.
            self._installation.wait_until_ready(self._process)
        time.sleep(self._chance.uniform(0.05, 1.5))
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._installation.start(self._role)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    @property
    def process(self) -> "subprocess.Popen[str]":
        return self._process


@pytest.fixture(params=DATABASES)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield created(tmp_path, "")
    else:
        with postgresql_database() as url:
            yield created(tmp_path, url)


def created(folder: Path, database: str) -> Installation:
    made = Installation(folder / "gateway", free_port(), database, workers=0, lease="5s")
    made.create()
    return made


@pytest.mark.timeout(900)
def test_kills_lose_nothing_and_repeat_nothing(installation: Installation) -> None:
    """Fifty concurrent submissions, server and worker killed at random; then some recipients sign."""
    documents = {
        f"LOAN-{number}": transaction_xml(contract_pdf(1), f"LOAN-{number}") for number in range(SUBMISSIONS)
    }
    chance = random.Random(20261122)
    with mortals(installation, chance) as (server, worker):
        installation.wait_until_ready(server.process)
        with killing([server, worker]), ThreadPoolExecutor(SUBMISSIONS) as clients:
            acknowledged = dict(clients.map(lambda item: submitted(installation, *item), documents.items()))
        installation.wait_until_ready(server.process)
        states = until(lambda: all_notified(installation, acknowledged), 120)
        assert len(set(acknowledged.values())) == SUBMISSIONS
        assert {state.external_id: state.guid for state in states} == acknowledged
        with killing([worker], kills=3), ThreadPoolExecutor(SIGNERS) as people:
            signers = list(acknowledged.values())[:SIGNERS]
            list(people.map(lambda guid: signed(installation, guid), signers))
        for guid in signers:
            assert installation.wait_for_close(guid, 120) == (12, 7)
            assert evidence_events(installation, guid)["urn:fehaciente:event:1.0:Signed"] == 1
    sent = Counter(message["id"] for message in installation.messages())
    assert set(sent.values()) == {1}
    notices = Counter(guid_of(name) for name in sent if name.startswith("notice-"))
    assert notices == dict.fromkeys(acknowledged.values(), 1)
    codes = Counter(guid_of(name) for name in sent if name.startswith("code-"))
    assert codes == dict.fromkeys(signers, 1)


@contextmanager
def mortals(installation: Installation, chance: random.Random) -> Iterator[tuple[Mortal, Mortal]]:
    server, worker = Mortal(installation, "serve", chance), Mortal(installation, "worker", chance)
    try:
        yield server, worker
    finally:
        server.stop()
        worker.stop()


@contextmanager
def killing(victims: list[Mortal], kills: int = KILLS) -> Iterator[None]:
    """While the block runs: kill one of them after another."""

    def run() -> None:
        for number in range(kills):
            victims[number % len(victims)].kill()

    killer = threading.Thread(target=run)
    killer.start()
    try:
        yield
    finally:
        killer.join()


def submitted(installation: Installation, external_id: str, transaction: bytes) -> tuple[str, str]:
    """Submit as a real issuer does: the very same again until an answer comes."""
    deadline = time.monotonic() + 200
    with installation.client() as client:
        while True:
            try:
                return external_id, client.submit(transaction).guid
            except (requests.RequestException, GatewayFault):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


def all_notified(installation: Installation, acknowledged: dict[str, str]) -> list[object] | None:
    with installation.client() as client:
        states = [client.state(guid) for guid in acknowledged.values()]
    return states if all(state and state.state >= 5 for state in states) else None


def signed(installation: Installation, guid: str) -> None:
    with PortalDriver(installation.wait_for_link(guid)) as portal:
        portal.identify(IDENTIFIER).accept_conditions().read_documents().request_code().wait_for_code(60)
        portal.sign(installation.wait_for_code(guid, 60))


def guid_of(message_id: str) -> str:
    return message_id.partition("-")[2].partition(".par")[0] + ".par"


def evidence_events(installation: Installation, guid: str) -> Counter[str]:
    with installation.client() as client:
        return Counter(each.event for each in client.evidence(guid))
