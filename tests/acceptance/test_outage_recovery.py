"""After an outage of every time-stamping authority: all caught up, in order, without a rush."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.adapters.crypto import keys
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.work.local import LocalWorkers
from gateway.bootstrap import commands
from gateway.domain.record import EvidenceStatus, StoredEvidence
from gateway.entrypoints.cli.main import run
from gateway.entrypoints.ops import tsa
from scripts.installation import free_port
from tests.fakes import serving
from tests.house import House
from tests.orders import order

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NONE = timedelta()
COUNT = 4


@dataclass
class Authorities:
    """Two authorities behind HTTP, which can be switched off; `behind` is how far they are behind us."""

    house: House
    ports: tuple[int, int]
    behind: timedelta = NONE
    asked: list[datetime] = field(default_factory=list)
    at_once: list[int] = field(default_factory=list)
    inside: int = 0

    def now(self) -> datetime:
        return self.house.clock.now() - self.behind

    def respond(self, request: bytes) -> bytes:
        self.asked.append(self.house.clock.now())
        self.inside += 1
        self.at_once.append(self.inside)
        pki = self.house.settings.pki
        pair = keys.load(pki.tsa_key, pki.tsa_chain)
        reply = TimestampAuthority(pair, self.house.settings.tsa.policy, self).respond(request)
        self.inside -= 1
        return reply

    @contextmanager
    def up(self) -> Iterator[None]:
        with ExitStack() as stack:
            for port in self.ports:
                stack.enter_context(serving(tsa.application(self.respond), port=port, threads=4))
            yield


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[tuple[House, Authorities]]:
    ports = free_port(), free_port()
    urls = ", ".join(f"http://127.0.0.1:{port}/tsa" for port in ports)
    house = House(tmp_path, more=f"[tsa]\nauthorities = {urls}\n")
    yield house, Authorities(house, ports)
    house.close()


def evidence(house: House, guid: str) -> list[StoredEvidence]:
    return [file.evidence for file in house.evidence(guid)]


def check_order(found: list[StoredEvidence]) -> list[datetime]:
    """All sealed, stamped in the order of their events, none before its event; the stamps."""
    stamps = []
    for each in found:
        assert each.status is EvidenceStatus.SEALED
        assert each.stamped_at is not None
        assert each.stamped_at >= each.event_time
        stamps.append(each.stamped_at)
    assert stamps == sorted(stamps)
    return stamps


def test_all_are_caught_up_in_order(scene: tuple[House, Authorities]) -> None:
    """Transactions submitted and signed in an outage: by due time among them, by event within each."""
    house, authorities = scene
    with authorities.up():
        opened = [house.submit(order(external_id=f"open-{number}")).guid for number in range(COUNT)]
        house.drain()
    submitted = []
    for number, guid in enumerate(opened):
        house.wait(MINUTE)
        house.guest(guid).decide()
        submitted.append(house.submit(order(external_id=f"new-{number}")).guid)
        house.drain()
    for _ in range(30):
        house.wait(HOUR)
    assert {house.state(guid)[0] for guid in submitted} == {2}
    assert {house.state(guid)[0] for guid in opened} <= {10, 11}
    assert not house.system.support.dead_tasks(10)
    authorities.asked.clear()
    recovered = house.clock.now()
    with authorities.up():
        house.wait(HOUR)
    last = [check_order(evidence(house, guid))[-1] for guid in opened]
    assert last == sorted(last)
    first = [check_order(evidence(house, guid))[0] for guid in submitted]
    assert first == sorted(first)
    assert min(first + last) > recovered
    assert [house.state(guid) for guid in opened] == [(12, 7)] * COUNT
    assert [house.state(guid) for guid in submitted] == [(5, 0)] * COUNT
    for guid in opened:
        assert {"PACKED", "OUTCOME_SENT"} <= set(house.kinds(guid)[-3:])
        times = [house.verified(file.octets) for file in house.evidence(guid)]
        assert all(each.facts and each.facts.event_time <= each.stamped_at for each in times)


def test_an_earlier_event_is_sealed_before_a_later_one(scene: tuple[House, Authorities]) -> None:
    """Though the later event's task is new and comes first, what happened before it is stamped before it."""
    house, authorities = scene
    with authorities.up():
        guid = house.submit(order()).guid
        house.drain()
        sealed = len(evidence(house, guid))
    guest = house.guest(guid)
    guest.read()
    house.drain()
    waiting = [each for each in evidence(house, guid) if each.status is EvidenceStatus.RENDERED]
    assert len(evidence(house, guid)) > sealed
    assert waiting
    with authorities.up():
        # The circuit opens again, while the waiting tasks are still held.
        house.clock.advance(2 * MINUTE)
        [*_, newest] = [
            task for task in house.claim(100) if task.guid == guid and task.kind == "seal_evidence"
        ]
        assert newest.subject == waiting[-1].id
        house.run(newest)
        check_order(evidence(house, guid))


def test_tasks_in_an_outage_ask_nobody_in_vain(
    scene: tuple[House, Authorities], caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty waiting submissions cost one try of each authority a pause, not one each."""
    house, _ = scene
    for number in range(20):
        house.submit(order(external_id=f"many-{number}"))
    house.drain()
    rests = caplog.text.count("rests for")
    assert rests == 2
    _, page = house.get("/metrics")
    assert b'outcome="held"' in page
    caplog.clear()
    for _ in range(5):
        house.wait(2 * MINUTE)
    assert caplog.text.count("rests for") == 10


def test_workers_come_back_without_a_rush(scene: tuple[House, Authorities]) -> None:
    """With real threads: nobody asks an authority before one has tried it, and order holds all the same."""
    house, authorities = scene
    guids = [house.submit(order(external_id=f"rush-{number}")).guid for number in range(8)]
    house.drain()
    house.clock.advance(HOUR)
    workers = LocalWorkers(house.tech.database, house.system.handlers, house.clock, threads=4, poll=0.02)
    with authorities.up():
        workers.start()
        try:
            _until(lambda: all(house.state(guid)[0] == 5 for guid in guids))
            _until(
                lambda: all(
                    each.status is EvidenceStatus.SEALED for guid in guids for each in evidence(house, guid)
                )
            )
        finally:
            assert workers.stop(20)
    assert authorities.at_once[0] == 1
    assert max(authorities.at_once) <= 4
    for guid in guids:
        check_order(evidence(house, guid))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        threading.Event().wait(0.05)


def parts(house: House) -> tuple[str, dict[str, object]]:
    status, body = house.get("/health")
    return status, json.loads(body)


def test_health_and_metrics_show_the_authorities(scene: tuple[House, Authorities]) -> None:
    """Well, resting, and a clock that several call wrong: each stands in /health and /metrics."""
    house, authorities = scene
    with authorities.up():
        house.tech.timestamper.measure()
        status, told = parts(house)
        assert (status, told["authorities"]) == ("200 OK", ["well", "well"])
        _, page = house.get("/metrics")
        assert page.count(b"fehaciente_tsa_well{") == 2
        assert b"} 1.0\n" in page
        assert b"fehaciente_clock_ahead_seconds{" in page
    house.clock.advance(2 * MINUTE)
    status, told = parts(house)
    assert (status, told["authorities"]) == ("503 Service Unavailable", ["resting", "resting"])
    assert told["parts"]["time-stamps"] == "failing"  # type: ignore[index]
    assert told["parts"]["clock"] == "ok"  # type: ignore[index]
    authorities.behind = 5 * MINUTE
    with authorities.up():
        house.clock.advance(2 * MINUTE)
        guid = house.submit(order()).guid
        house.drain()
        status, told = parts(house)
        assert status == "503 Service Unavailable"
        assert told["parts"]["clock"] == "failing"  # type: ignore[index]
        assert house.state(guid) == (2, 0)
        assert all(each.status is EvidenceStatus.RENDERED for each in evidence(house, guid))
        authorities.behind = NONE
        house.wait(5 * MINUTE)
        assert house.state(guid) == (5, 0)
        check_order(evidence(house, guid))


def config(house: House) -> Path:
    file = house.folder / "clock.ini"
    urls = ", ".join(house.settings.tsa.authorities)
    text = commands.EMBEDDED + f"[tsa]\nauthorities = {urls}\n"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_command_prints_every_authority(
    scene: tuple[House, Authorities], capsys: pytest.CaptureFixture[str]
) -> None:
    """`fehaciente clock`: state and bounds of each, and by its exit code whether anything can be sealed."""
    house, authorities = scene
    words = ["--config", str(config(house)), "clock"]
    assert run(words, commands.actions()) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "limit\t30s\tno authority is well"
    with authorities.up():
        assert run(words, commands.actions()) == 0
        first, second, verdict = capsys.readouterr().out.splitlines()
        assert first.split("\t")[:2] == [house.settings.tsa.authorities[0], "well"]
        assert second.split("\t")[2].count("s to ") == 1
        assert verdict == "limit\t30s\tusable"
        authorities.behind = 5 * MINUTE
        assert run(words, commands.actions()) == 1
        *_, verdict = capsys.readouterr().out.splitlines()
        assert verdict == "limit\t30s\tour clock is wrong"
