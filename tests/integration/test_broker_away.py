"""Real processes whose broker is dead, silent or well: requests are as quick, workers stop as asked."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.installation import Installation, free_port, until
from scripts.sample_contract import contract_pdf, transaction_xml
from tests.brokers import shared_broker
from tests.integration.test_processes import alive, children
from tests.services import postgresql_database


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with postgresql_database() as url:
        made = Installation(tmp_path / "gateway", free_port(), url, workers=0)
        made.setting("worker", "engine", "dramatiq")
        yield made


def created(made: Installation, port: int) -> Installation:
    made.setting("broker", "url", f"amqp://guest@127.0.0.1:{port}/")
    made.setting("broker", "timeout", "2s")
    password = made.folder.parent / "password"
    password.write_text("guest\n")
    password.chmod(0o600)
    made.setting("broker", "password_file", str(password))
    made.create()
    return made


def lost(made: Installation) -> float:
    """Calls that could not be made, as /metrics tells."""
    with urllib.request.urlopen(f"http://127.0.0.1:{made.port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found = [line for line in lines if line.startswith('fehaciente_calls_total{outcome="lost"}')]
    return float(found[0].rpartition(" ")[2]) if found else 0.0


@pytest.mark.timeout(180)
@pytest.mark.parametrize("broker", ["dead", "silent"])
def test_submit_does_not_wait_for_the_broker(installation: Installation, broker: str) -> None:
    """Nothing listens there, or something that never answers: each Submit is as quick as ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1] if broker == "silent" else free_port()
        made = created(installation, port)
        with made.serving(), made.client() as client:
            client.submit(transaction_xml(contract_pdf(1)))
            began = time.monotonic()
            for _ in range(5):
                client.submit(transaction_xml(contract_pdf(1)))
            # Far less than one wait for the broker.
            assert time.monotonic() - began < 5 * 2.0 * 0.8
            until(lambda: lost(made) > 0 or None, 40)


@pytest.mark.timeout(180)
def test_worker_processes_are_kept_and_stop_together(installation: Installation) -> None:
    """A killed one is replaced; SIGTERM ends them all in order."""
    installation.setting("worker", "processes", "2")
    made = created(installation, shared_broker().port)
    parent = made.start("worker")
    try:
        until(lambda: len(children(parent.pid)) == 2 or None, 30)
        first = children(parent.pid)
        first_to_die = first[0]
        os.kill(first_to_die, signal.SIGKILL)
        until(lambda: len(set(children(parent.pid)) - {first_to_die}) == 2 or None, 30)
        # Both have begun to work, or they would just be killed.
        with made.serving(), made.client() as client:
            guid = client.submit(transaction_xml(contract_pdf(1))).guid
            made.wait_for_link(guid, 60)
        last = children(parent.pid)
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(40) == 0
        assert not any(alive(pid) for pid in last)
    finally:
        parent.kill()
