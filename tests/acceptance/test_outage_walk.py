"""Outages that come and go while people act and workers take tasks in any order: stamps follow events."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import EvidenceStatus, StoredEvidence
from gateway.domain.results import RecipientState
from tests.house import House
from tests.orders import order

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
MOST = 3


class Walk:
    """One house, its authority, and the transactions that were submitted."""

    def __init__(self, folder: Path) -> None:
        self.up = True
        real = TimestampAuthority.respond

        def respond(authority: TimestampAuthority, request: bytes) -> bytes:
            if not self.up:
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "down")
            return real(authority, request)

        with pytest.MonkeyPatch.context() as patch:
            # The client keeps the method that the authority had when it was made.
            patch.setattr(TimestampAuthority, "respond", respond)
            self.house = House(folder)
        self.guids: list[str] = []

    def submit(self) -> None:
        if len(self.guids) < MOST:
            self.guids.append(self.house.submit(order(external_id=f"walk-{len(self.guids)}")).guid)

    def visit(self) -> None:
        """Whoever has a notice comes and reads, which leaves several evidences behind at once."""
        for guid in self._in(RecipientState.NOTIFIED):
            self.house.guest(guid).read()

    def sign(self) -> None:
        """Whoever has read asks for a code and signs."""
        for guid in self._in(RecipientState.CONSULTED):
            guest = self.house.guest(guid)
            guest.ask()
            guest.sign()

    def _in(self, state: RecipientState) -> list[str]:
        return [guid for guid in self.guids if self.house.recipients(guid)[0].state is state][:1]

    def turn(self, to: bool) -> None:
        self.up = to

    def drain(self) -> None:
        self.house.drain()

    def backwards(self) -> None:
        """A worker takes several tasks, and the last one is begun first."""
        self.house.run(*reversed(self.house.claim(5)))

    def wait(self, time: timedelta) -> None:
        self.house.clock.advance(time)


STEPS: dict[str, Callable[[Walk], None]] = {
    "submit": Walk.submit,
    "visit": Walk.visit,
    "sign": Walk.sign,
    "down": lambda walk: walk.turn(False),
    "up": lambda walk: walk.turn(True),
    "drain": Walk.drain,
    "backwards": Walk.backwards,
    "a second": lambda walk: walk.wait(SECOND),
    "a while": lambda walk: walk.wait(3 * MINUTE),
}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=5, max_size=20))
@example(["visit", "backwards"])
@example(["down", "visit", "drain", "a while", "up", "backwards"])
@example(["down", "visit", "backwards", "submit", "a while", "up", "sign", "backwards", "drain"])
def test_stamps_follow_events_whatever_happens(steps: Sequence[str]) -> None:
    """In the end all is sealed, within each transaction in the order of its events, and never before them."""
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(Path(folder))
        try:
            walk.submit()
            walk.drain()
            for step in steps:
                STEPS[step](walk)
            walk.up = True
            for _ in range(4):
                walk.house.wait(HOUR)
            for guid in walk.guids:
                check([file.evidence for file in walk.house.evidence(guid)])
            assert not walk.house.system.support.dead_tasks(10)
        finally:
            walk.house.close()


def check(found: Sequence[StoredEvidence]) -> None:
    stamps = []
    for each in found:
        assert each.status is EvidenceStatus.SEALED
        assert each.stamped_at is not None
        assert each.stamped_at >= each.event_time
        stamps.append(each.stamped_at)
    assert stamps
    assert stamps == sorted(stamps)
