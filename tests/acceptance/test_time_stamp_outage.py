"""Without a time-stamping authority states wait; nothing is lost, and what happened keeps its own time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from socket import socket

import pytest

from gateway.adapters.crypto import keys
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.domain.record import EvidenceStatus
from gateway.entrypoints.ops import tsa
from gateway.usecases.ports import Clock
from tests.fakes import serving
from tests.house import House
from tests.orders import order

HOUR = timedelta(hours=1)


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def house(tmp_path: Path, ports: tuple[int, int]) -> Iterator[House]:
    """A house whose two authorities are elsewhere, and down."""
    urls = ", ".join(f"http://127.0.0.1:{port}/tsa" for port in ports)
    house = House(tmp_path, more=f"[tsa]\nauthorities = {urls}\n")
    yield house
    house.close()


@dataclass(frozen=True)
class LateClock:
    clock: Clock
    behind: timedelta

    def now(self) -> datetime:
        return self.clock.now() - self.behind


@contextmanager
def authority(house: House, port: int, behind: timedelta = timedelta()) -> Iterator[None]:
    """A time-stamping authority on this port, whose clock is `behind` ours."""
    pki = house.settings.pki
    pair, policy = keys.load(pki.tsa_key, pki.tsa_chain), house.settings.tsa.policy
    served = TimestampAuthority(pair, policy, LateClock(house.clock, behind))
    with serving(tsa.application(served.respond), port=port):
        yield


def event_times(house: House, guid: str) -> list[tuple[datetime, datetime]]:
    """Event time and genTime of every sealed evidence."""
    found = [house.verified(file.octets) for file in house.evidence(guid)]
    return [(each.facts.event_time, each.stamped_at) for each in found if each.facts]


def test_a_submission_waits_for_the_authorities(house: House, ports: tuple[int, int]) -> None:
    """Submit is answered without any authority; state 2 waits for hours, and goes on by itself."""
    guid = house.submit().guid
    for _ in range(30):
        house.wait(HOUR)
    assert house.state(guid) == (2, 0)
    assert not house.messages()
    assert not house.system.support.dead_tasks(10)
    with authority(house, ports[0]):
        house.wait(HOUR)
        assert house.state(guid) == (5, 0)
        [(happened, stamped), *_] = event_times(house, guid)
    assert happened == house.status(guid).record.received_at
    assert stamped - happened > 30 * HOUR


def test_an_act_in_an_outage_keeps_its_time(house: House, ports: tuple[int, int]) -> None:
    """Signed while every authority is down: decided at once, closed when they are back, timed at the act."""
    with authority(house, ports[0]):
        guid = house.submit(order(time_to_close="P2D")).guid
        house.drain()
    guest = house.guest(guid)
    guest.decide()
    signed_at = house.recipients(guid)[0].decided_at
    house.drain()
    assert house.state(guid) == (11, 7)
    for _ in range(60):
        house.wait(HOUR)
        house.expire()
    assert house.state(guid) == (11, 7)
    assert any(file.evidence.status is EvidenceStatus.RENDERED for file in house.evidence(guid))
    with authority(house, ports[1]):
        house.wait(HOUR)
        assert house.state(guid) == (12, 7)
        times = event_times(house, guid)
    assert times[-1][0] == signed_at
    assert times[-1][1] - times[-1][0] > 60 * HOUR
    assert all(happened <= stamped for happened, stamped in times)
    assert house.certificates(guid)


def test_the_second_authority_stands_in(house: House, ports: tuple[int, int]) -> None:
    """With the first one down the second is asked, and nothing waits."""
    with authority(house, ports[1]):
        guid = house.submit().guid
        house.drain()
        house.guest(guid).decide()
        house.drain()
    assert house.state(guid) == (12, 7)


def test_no_stamp_is_earlier_than_its_event(house: House, ports: tuple[int, int]) -> None:
    """An authority twenty seconds behind, within what is permitted: sealing waits until it has got there."""
    with authority(house, ports[0], behind=timedelta(seconds=20)):
        guid = house.submit().guid
        house.drain()
        assert house.evidence(guid)[0].evidence.status is EvidenceStatus.RENDERED
    with authority(house, ports[0]):
        house.wait(timedelta(seconds=21))
        times = event_times(house, guid)
    assert times
    assert all(happened <= stamped for happened, stamped in times)


def test_no_certificate_is_stamped_before_the_closing(house: House, ports: tuple[int, int]) -> None:
    """The evidence was stamped while the authority was right; since it is behind, the certificate waits."""
    with authority(house, ports[0]):
        guid = house.submit().guid
        house.drain()
        house.guest(guid).decide()
        while house.state(guid) != (12, 7):
            house.run(*house.claim(1))
    with authority(house, ports[0], behind=timedelta(seconds=20)):
        house.drain()
        assert not house.certificates(guid)
    with authority(house, ports[0]):
        house.wait(timedelta(seconds=21))
    xml = next(file.octets for file in house.certificates(guid) if file.media_type == "application/xml")
    closed = next(event.at for event in house.events(guid) if event.kind == "CLOSED")
    assert house.verified(xml).stamped_at >= closed
