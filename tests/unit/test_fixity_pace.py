"""The pace of re-verification: octets are spread over time, whatever the size of one owner's."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.usecases.fixity import Pace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MEBIBYTE = 1024**2


@dataclass
class Time:
    """A clock that moves by sleeping only."""

    at: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def test_the_rate_is_kept_on_average() -> None:
    """A hundred owners of a mebibyte at ten mebibytes a second take ten seconds."""
    time = Time()
    pace = Pace(10 * MEBIBYTE, time, time.sleep)
    for _ in range(100):
        assert pace.wait(NOW + timedelta(days=1))
        pace.spend(MEBIBYTE)
    assert pace.wait(NOW + timedelta(days=1))
    assert time.at - NOW == timedelta(seconds=10)


def test_a_round_ends_instead_of_sleeping_past_its_end() -> None:
    """What one large owner cost is paid by the rounds that follow, not by a long sleep."""
    time = Time()
    pace = Pace(MEBIBYTE, time, time.sleep)
    assert pace.wait(NOW)
    pace.spend(60 * MEBIBYTE)
    assert not pace.wait(NOW + timedelta(seconds=8))
    assert time.slept == []
    time.at += timedelta(seconds=59)
    assert pace.wait(time.at + timedelta(seconds=8))
    assert time.slept == [1.0]


def test_idle_time_is_not_saved_up() -> None:
    """After an idle hour the rate is what it always is."""
    time = Time()
    pace = Pace(MEBIBYTE, time, time.sleep)
    pace.spend(MEBIBYTE)
    time.at += timedelta(hours=1)
    assert pace.wait(time.at)
    pace.spend(MEBIBYTE)
    assert not pace.wait(time.at)
