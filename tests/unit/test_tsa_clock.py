"""Our clock against the authorities': the bounds of the difference, and whose clock is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.adapters.crypto.tsa_clock import AGAIN, FRESH, ClockWatch, Offset, measured
from gateway.domain.errors import ErrorKind, UnavailableUntil
from tests.seal_samples import SetClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, LIMIT = timedelta(seconds=1), timedelta(seconds=30)


def offset(seconds: float, at: datetime = NOW) -> Offset:
    return Offset(timedelta(seconds=seconds - 0.5), timedelta(seconds=seconds + 0.5), at)


def wrong(*seconds: float, at: datetime = NOW, clock: SetClock | None = None) -> bool:
    """Whether authorities that differ from us by so much convict our clock."""
    watch = ClockWatch(clock or SetClock(NOW), LIMIT)
    for number, each in enumerate(seconds):
        watch.note(f"tsa-{number}", offset(each, at))
    try:
        watch.check()
    except UnavailableUntil:
        return True
    return False


def test_bounds_of_the_difference() -> None:
    """The token was made between request and answer, within the second that its genTime was cut to."""
    exact = NOW + timedelta(microseconds=1)
    assert measured(NOW, NOW + SECOND, exact).least == -timedelta(microseconds=1)
    assert measured(NOW, NOW + SECOND, exact).most == SECOND - timedelta(microseconds=1)
    cut = measured(NOW, NOW + SECOND, NOW)
    assert (cut.least, cut.most, cut.at) == (-SECOND, SECOND, NOW + SECOND)
    assert cut.distance == timedelta()
    assert cut.middle == timedelta()


@pytest.mark.parametrize("ahead", [40, -40])
def test_distance_is_the_least_that_explains_it(ahead: int) -> None:
    """A slow answer is no proof of a wrong clock: what it could mean at best is what counts."""
    found = measured(NOW, NOW + 3 * SECOND, NOW - ahead * SECOND)
    assert found.distance == (39 if ahead > 0 else 37) * SECOND


@pytest.mark.parametrize(
    ("seconds", "convicted"),
    [
        ((), False),
        ((0,), False),
        ((29,), False),
        ((300,), False),
        ((300, 301), True),
        ((-300, -290), True),
        ((300, -300), False),
        ((300, 900), False),
        ((300, 301, 0), True),
        ((300, 0, 0), False),
        ((300, 301, 0, 0), True),
        ((300, 301, 0, 0, 0), False),
        ((300, 301, 900, -20), True),
    ],
)
def test_several_that_agree_convict_our_clock(seconds: tuple[float, ...], convicted: bool) -> None:
    """Two or more that agree with each other against us, and are no fewer than those that agree with us."""
    assert wrong(*seconds) is convicted


def test_old_measurements_do_not_count() -> None:
    """Nor do those from a future that our clock was set back from."""
    assert not wrong(300, 301, at=NOW - FRESH)
    assert not wrong(300, 301, at=NOW + FRESH)
    assert wrong(300, 301, at=NOW - FRESH + SECOND)


def test_a_refusal_is_put_to_the_test_again(caplog: pytest.LogCaptureFixture) -> None:
    """For a minute nobody is asked; then the authorities are, and may acquit."""
    caplog.set_level("INFO")
    clock = SetClock(NOW)
    watch = ClockWatch(clock, LIMIT)
    watch.note("a", offset(300))
    watch.note("b", offset(301))
    with pytest.raises(UnavailableUntil) as caught:
        watch.check_newest()
    assert caught.value.until == NOW + AGAIN
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    clock.moment = NOW + AGAIN
    watch.check_newest()
    with pytest.raises(UnavailableUntil):
        watch.check()
    watch.note("a", offset(0, clock.now()))
    watch.check()
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "wrong by about 301.0s" in caplog.text
