"""`kill -9` of the processes that call issuers: everything is told, in order, repetitions under their id."""

import json
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from scripts.installation import Installation, free_port, until
from scripts.sample_contract import contract_pdf, transaction_xml
from tests.issuer_systems import Handler, Receiver, receiving
from tests.services import postgresql_database

TRANSACTIONS = 8
KILLS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def killed_node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield created(tmp_path, "")
    else:
        with postgresql_database() as url:
            yield created(tmp_path, url)


def created(folder: Path, database: str) -> Installation:
    made = Installation(folder / "gateway", free_port(), database, workers=1, lease="5s")
    for key, value in (
        ("allow_private", "yes"),
        ("ports", "1-65535"),
        ("timeout", "1s"),
        ("poll", "50ms"),
        ("threads", "3"),
    ):
        made.setting("feedback", key, value)
    made.create()
    return made


@pytest.mark.timeout(300)
def test_kills_lose_no_notification(killed_node: Installation, tmp_path: Path) -> None:
    """While eight transactions are told to a slow issuer, two processes that tell them are killed in turn:
    each event arrives, none before its predecessor was answered, and what comes twice bears one id."""
    with receiving(tmp_path, secure=False) as receiver:
        receiver.respond = slowly
        killed_node.command("feedback", "add", "1", "webhook", receiver.address)
        server, worker = killed_node.start("serve"), killed_node.start("worker")
        try:
            killed_node.wait_until_ready(server)
            guids = submitted(killed_node)
            for _ in range(KILLS):
                seen = len(receiver.calls)
                until(lambda seen=seen: len(receiver.calls) > seen or None, 60)
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                worker = killed_node.start("worker")
            until(lambda: all(len(told(receiver, guid)) >= 5 for guid in guids) or None, 120)
        finally:
            for process in (server, worker):
                process.kill()
                process.wait()
    for guid in guids:
        sequences = [body["event"]["sequence"] for body in told(receiver, guid)]
        steps = {after - before for before, after in pairwise(sequences)}
        assert (sequences[0], steps <= {0, 1}) == (0, True), sequences
        ids = {body["event"]["id"]: body["id"] for body in told(receiver, guid)}
        assert len(set(ids.values())) == len({body["id"] for body in told(receiver, guid)}) == len(ids)


def slowly(handler: Handler) -> None:
    time.sleep(0.05)
    handler.answer(204)


def submitted(installation: Installation) -> list[str]:
    with installation.client() as client:
        return [
            client.submit(transaction_xml(contract_pdf(1), f"LOAN-{number}")).guid
            for number in range(TRANSACTIONS)
        ]


def told(receiver: Receiver, guid: str) -> list[dict[str, dict[str, int]]]:
    bodies = [json.loads(call.body) for call in list(receiver.calls)]
    return [body for body in bodies if body["guid"] == guid]
