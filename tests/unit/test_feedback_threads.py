"""Threads that tell: half of them keep to addresses that answer, and none ends by an error."""

import logging
import threading

import pytest

from gateway.adapters.feedback.threads import FeedbackThreads

WAIT = 10.0


def test_half_of_the_threads_keep_to_those_that_answer() -> None:
    """Of four threads two ask for addresses without failures only; of one thread none does."""
    for threads, kept in ((4, 2), (1, 0), (5, 2)):
        asked: list[bool] = []
        all_there = threading.Barrier(threads + 1)

        def tell(well: bool, asked: list[bool] = asked, all_there: threading.Barrier = all_there) -> bool:
            asked.append(well)
            all_there.wait(WAIT)
            return False

        running = FeedbackThreads(tell, threads=threads, poll=60.0)
        running.start()
        all_there.wait(WAIT)
        assert running.stop(WAIT)
        assert sorted(asked) == [False] * (threads - kept) + [True] * kept


def test_what_is_told_is_followed_by_the_next_at_once() -> None:
    """As long as there is something to tell, nobody waits for the poll."""
    left, done = iter([True] * 50), threading.Event()

    def tell(_well: bool) -> bool:
        if next(left, False):
            return True
        done.set()
        return False

    running = FeedbackThreads(tell, threads=1, poll=60.0)
    running.start()
    assert done.wait(WAIT)
    assert running.stop(WAIT)


def test_an_error_ends_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged by its kind and place, without its words, and the thread looks again."""
    calls, again = [0], threading.Event()

    def tell(_well: bool) -> bool:
        calls[0] += 1
        if calls[0] == 1:
            raise RuntimeError("ana@example.org")
        again.set()
        return False

    with caplog.at_level(logging.ERROR):
        running = FeedbackThreads(tell, threads=1, poll=0.01)
        running.start()
        assert again.wait(WAIT)
        assert running.stop(WAIT)
    assert "RuntimeError" in caplog.text
    assert "ana@example.org" not in caplog.text


def test_stopping_waits_for_calls_under_way_and_not_for_ever() -> None:
    """A call that does not end is left to its lease."""
    begun, left = threading.Event(), threading.Event()

    def tell(_well: bool) -> bool:
        begun.set()
        return not left.wait(WAIT)

    running = FeedbackThreads(tell, threads=1, poll=0.01)
    running.start()
    assert begun.wait(WAIT)
    assert not running.stop(0.01)
    left.set()
    assert running.stop(WAIT)
