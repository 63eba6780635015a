"""Authorities in order of preference over real HTTP: rests, returns, and clocks that disagree."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.adapters.crypto import tsa
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_health import Rest, TsaState
from gateway.adapters.crypto.tsa_http import HttpTransport
from gateway.domain.errors import ErrorKind, UnavailableUntil
from gateway.entrypoints.ops import tsa as door
from tests.fakes import serving
from tests.house import ShiftedClock
from tests.seal_samples import POLICY, Workshop

DIGEST = hashlib.sha256(b"octets").digest()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Server:
    """An authority behind HTTP that counts who asks; `behind` our clock, `down` answers nothing useful."""

    workshop: Workshop
    clock: ShiftedClock
    behind: timedelta = timedelta()
    down: bool = False
    asked: int = 0
    url: str = ""

    def now(self) -> datetime:
        return self.clock.now() - self.behind

    def respond(self, request: bytes) -> bytes:
        self.asked += 1
        if self.down:
            return b"nonsense"
        return TimestampAuthority(self.workshop.pair("tsa"), POLICY, self).respond(request)


@dataclass
class Scene:
    """A client, its authorities, and what was told of them."""

    servers: list[Server]
    clock: ShiftedClock
    client: tsa.TimestampClient
    told: list[tsa.TsaStatus] = field(default_factory=list)

    def asked(self) -> list[int]:
        found = [server.asked for server in self.servers]
        for server in self.servers:
            server.asked = 0
        return found

    def states(self) -> list[TsaState]:
        return [status.state for status in self.client.states()]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("preference") / "pki")


@contextmanager
def scene(workshop: Workshop, *behind: timedelta, own_clock: bool = False) -> Iterator[Scene]:
    """One authority for each offset; with `own_clock` the first one has ours."""
    clock = ShiftedClock()
    servers = [Server(workshop, clock, each) for each in behind]
    told: list[tsa.TsaStatus] = []
    with ExitStack() as stack:
        sources = []
        for number, server in enumerate(servers):
            port = stack.enter_context(serving(door.application(server.respond)))
            server.url = f"http://127.0.0.1:{port}/tsa"
            own = own_clock and number == 0
            sources.append(tsa.TsaSource(server.url, HttpTransport(server.url), POLICY, own_clock=own))
        rest = Rest(5 * SECOND, MINUTE)
        client = tsa.TimestampClient(sources, workshop.anchors, clock, 30 * SECOND, rest, told.append)
        yield Scene(servers, clock, client, told)


def refused(scene: Scene) -> UnavailableUntil:
    with pytest.raises(UnavailableUntil) as caught:
        scene.client.timestamp(DIGEST)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    return caught.value


NONE = timedelta()


def test_the_preferred_one_rests_and_comes_back(workshop: Workshop) -> None:
    """While it rests only the second is asked; when the pause is over it is tried, and preferred again."""
    with scene(workshop, NONE, NONE) as here:
        here.servers[0].down = True
        for _ in range(5):
            here.client.timestamp(DIGEST)
        assert here.asked() == [1, 5]
        assert here.states() == [TsaState.RESTING, TsaState.WELL]
        here.clock.advance(5 * SECOND)
        here.client.timestamp(DIGEST)
        assert here.asked() == [1, 1]
        here.servers[0].down = False
        here.client.timestamp(DIGEST)
        assert here.asked() == [0, 1]
        here.clock.advance(10 * SECOND)
        here.client.timestamp(DIGEST)
        here.client.timestamp(DIGEST)
        assert here.asked() == [2, 0]
        assert here.states() == [TsaState.WELL, TsaState.WELL]
    states = [(status.name == here.servers[0].url, status.state) for status in here.told]
    assert (True, TsaState.RESTING) in states
    assert states[-1] == (True, TsaState.WELL)


def test_when_all_rest_nobody_is_asked(workshop: Workshop) -> None:
    """A hundred callers in an outage cost one question each pause, and hear when it is worth trying."""
    with scene(workshop, NONE, NONE) as here:
        for server in here.servers:
            server.down = True
        for _ in range(100):
            until = refused(here).until
            assert until - here.clock.now() <= 5 * SECOND
        assert here.asked() == [1, 1]


def test_the_job_finds_that_one_came_back(workshop: Workshop) -> None:
    """Measuring asks those that were not needed, leaves resting ones alone, and notices recovery."""
    with scene(workshop, NONE, NONE) as here:
        here.client.timestamp(DIGEST)
        assert here.states() == [TsaState.WELL, TsaState.UNTRIED]
        here.client.measure(MINUTE)
        assert here.asked() == [1, 1]
        here.client.measure(MINUTE)
        assert here.asked() == [0, 0]
        here.servers[1].down = True
        here.clock.advance(MINUTE)
        here.client.measure(MINUTE)
        assert here.states() == [TsaState.WELL, TsaState.RESTING]
        here.client.measure()
        assert here.asked() == [2, 1]
        here.servers[1].down = False
        here.clock.advance(MINUTE)
        here.client.measure(MINUTE)
        assert here.states() == [TsaState.WELL, TsaState.WELL]


@pytest.mark.parametrize("behind", [5 * MINUTE, -5 * MINUTE])
def test_one_wrong_authority_is_passed_over(workshop: Workshop, behind: timedelta) -> None:
    """One that is far from us while the next one is not: the first is the wrong one, and rests."""
    with scene(workshop, behind, NONE) as here:
        token = here.client.timestamp(DIGEST)
        assert abs(token.gen_time - here.clock.now()) < 30 * SECOND
        assert here.states() == [TsaState.RESTING, TsaState.WELL]
        offset = here.client.states()[0].offset
        assert offset is not None
        assert abs(offset.middle - behind) < 2 * SECOND
        here.client.watch.check()


def test_several_that_agree_stop_everything(workshop: Workshop) -> None:
    """Two agree that our clock is wrong: the third, which agrees with us, is not even asked."""
    with scene(workshop, 5 * MINUTE, 5 * MINUTE, NONE) as here:
        assert "clock" in refused(here).detail
        assert here.asked() == [1, 1, 0]
        refused(here)
        assert here.asked() == [0, 0, 0]
        with pytest.raises(UnavailableUntil):
            here.client.watch.check()


def test_a_clock_that_is_set_right_seals_again(workshop: Workshop) -> None:
    """After the minute the authorities are asked again, and what they say now counts."""
    with scene(workshop, 5 * MINUTE, 5 * MINUTE) as here:
        refused(here)
        for server in here.servers:
            server.behind = NONE
        here.clock.advance(2 * MINUTE)
        assert here.client.timestamp(DIGEST).gen_time
        here.client.measure()
        here.client.watch.check()


def test_the_preferred_ones_agreement_does_not_outvote(workshop: Workshop) -> None:
    """Though the preferred one agrees with us, two others that do not are enough to stop."""
    with scene(workshop, NONE, 5 * MINUTE, 5 * MINUTE) as here:
        assert here.client.timestamp(DIGEST)
        here.client.measure()
        assert "clock" in refused(here).detail


def test_an_authority_with_our_own_clock_is_no_witness(workshop: Workshop) -> None:
    """The embedded one always agrees with us; it cannot outvote anybody."""
    with scene(workshop, NONE, 5 * MINUTE, 5 * MINUTE, own_clock=True) as here:
        assert here.client.timestamp(DIGEST)
        here.client.measure()
        refused(here)


def test_a_ping_asks_only_when_nobody_answered_lately(workshop: Workshop) -> None:
    """So that whoever asks for health cannot make the gateway ask authorities."""
    with scene(workshop, NONE) as here:
        for _ in range(5):
            here.client.ping(MINUTE)
        assert here.asked() == [1]
        here.clock.advance(MINUTE)
        here.client.ping(MINUTE)
        assert here.asked() == [1]
        here.servers[0].down = True
        here.clock.advance(MINUTE)
        with pytest.raises(UnavailableUntil):
            here.client.ping(MINUTE)
        with pytest.raises(UnavailableUntil):
            here.client.ping(MINUTE)
        assert here.asked() == [1]


def test_nobody_needs_to_listen(tmp_path: Path) -> None:
    """Without an observer nothing is told, and nothing breaks."""
    workshop = Workshop.create(tmp_path / "pki")
    assert workshop.client().timestamp(DIGEST)
    assert [status.state for status in workshop.client().states()] == [TsaState.UNTRIED]
