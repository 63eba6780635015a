"""Whether an authority is asked: pauses that grow, one trial at a time, and clocks that are set."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from gateway.adapters.crypto.tsa_health import Rest, TsaHealth, TsaState
from tests.seal_samples import SetClock

SECOND = timedelta(seconds=1)
START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def health(clock: SetClock) -> TsaHealth:
    return TsaHealth("tsa", clock, Rest(5 * SECOND, 60 * SECOND))


def may_ask(one: TsaHealth) -> bool:
    with one.turn() as allowed:
        return allowed


def test_pauses_double_up_to_the_longest() -> None:
    """5, 10, 20, 40, 60, 60 seconds; within them nobody asks, and when they are over somebody may."""
    clock = SetClock(START)
    one = health(clock)
    assert (one.state, may_ask(one)) == (TsaState.UNTRIED, True)
    for pause in (5, 10, 20, 40, 60, 60):
        one.failed("down")
        assert one.state is TsaState.RESTING
        assert one.resting_until() == clock.now() + pause * SECOND
        clock.moment = clock.now() + pause * SECOND - timedelta(microseconds=1)
        assert not may_ask(one)
        clock.moment += timedelta(microseconds=1)
        assert may_ask(one)


def test_an_answer_ends_all_pauses(caplog: pytest.LogCaptureFixture) -> None:
    """After one it is well, the log says so, and the next failure begins with the short pause again."""
    caplog.set_level("INFO")
    clock = SetClock(START)
    one = health(clock)
    one.failed("down")
    clock.moment = START + 5 * SECOND
    one.failed("down")
    one.succeeded()
    assert (one.state, one.resting_until(), one.answered_at) == (TsaState.WELL, None, clock.now())
    assert "tsa is well again" in caplog.text
    one.failed("down")
    assert one.resting_until() == clock.now() + 5 * SECOND


def test_those_that_fail_together_count_once(caplog: pytest.LogCaptureFixture) -> None:
    """Ten callers that meet the same outage do not make the pause a thousand times longer."""
    one = health(SetClock(START))
    for _ in range(10):
        one.failed("down")
    assert one.resting_until() == START + 5 * SECOND
    assert caplog.text.count("rests for 5.0s: down") == 1


def test_a_clock_that_is_set_back_frees_it() -> None:
    """A pause never lasts longer than the longest, whatever the clock does meanwhile."""
    clock = SetClock(START)
    one = health(clock)
    one.failed("down")
    clock.moment = START - timedelta(hours=3)
    assert may_ask(one)


def test_one_tries_and_the_others_wait_for_it() -> None:
    """While nothing is known of it, callers come one by one; once it is well they come at once."""
    one, inside, most = health(SetClock(START)), [], []
    barrier = threading.Barrier(8)

    def call() -> None:
        barrier.wait()
        with one.turn() as allowed:
            assert allowed
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.005)
            inside.pop()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    one.succeeded()
    with one.turn() as first, one.turn() as second:
        assert first
        assert second
