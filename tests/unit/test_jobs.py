"""The alarm clock: rings every action, survives what fails, never rings one twice at once."""

import logging
import threading
import time

import pytest

from gateway.entrypoints.jobs.scheduler import Scheduler
from gateway.entrypoints.jobs.timetable import TIMETABLE, Job


def test_every_job_rings_and_a_failure_stops_none(caplog: pytest.LogCaptureFixture) -> None:
    """A job that raises is logged and rings again; the other one does not notice."""
    rung: dict[str, int] = {"good": 0, "bad": 0}
    twice = {name: threading.Event() for name in rung}

    def ring(name: str) -> None:
        rung[name] += 1
        if rung[name] >= 2:
            twice[name].set()
        if name == "bad":
            raise ValueError("no luck")

    actions = {"good": lambda: ring("good"), "bad": lambda: ring("bad")}
    scheduler = Scheduler(actions, [Job("bad job", 1, "bad"), Job("good job", 1, "good")])
    with caplog.at_level(logging.ERROR):
        scheduler.start()
        assert all(event.wait(10) for event in twice.values())
        scheduler.stop()
    assert "job failed: bad job" in caplog.text
    after = dict(rung)
    time.sleep(1.2)
    assert rung == after


def test_a_slow_job_is_never_run_twice_at_once() -> None:
    """While it runs, its alarms are skipped, and stopping waits for it."""
    running, most, lock = 0, 0, threading.Lock()

    def slow() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(2.2)
        with lock:
            running -= 1

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = Scheduler({"slow": slow}, [Job("slow", 1, "slow")])
    scheduler.start()
    time.sleep(1.6)
    scheduler.stop()
    assert (running, most) == (0, 1)


def test_an_action_that_nobody_brings_is_found_at_once() -> None:
    """A timetable with a hole in it never starts."""
    with pytest.raises(KeyError, match="expire"):
        Scheduler({})


def test_the_timetable_names_each_job_once() -> None:
    """Names are unique, intervals sensible."""
    assert len({job.name for job in TIMETABLE}) == len({job.action for job in TIMETABLE}) == len(TIMETABLE)
    assert all(5 <= job.seconds <= 24 * 3600 for job in TIMETABLE)
