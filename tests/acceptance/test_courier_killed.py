"""A courier, and the process that listens to it, killed at any moment and started again: each letter once."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.reports import Report, Taken
from gateway.domain.results import Result
from tests.postal_samples import MADRID, Post, letters

LETTERS, KILLS, SECONDS = 4, 6, 60.0


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    post = Post(tmp_path)
    yield post
    post.house.close()


@contextmanager
def at_work(post: Post) -> "Iterator[subprocess.Popen[bytes]]":
    """The courier as a program of its own, from when it is at work; killed without warning at the end."""
    words = [sys.executable, "-m", "scripts.sample_courier"]
    folders = [str(post.courier.folder), str(post.courier.bag)]
    process = subprocess.Popen([*words, *folders], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout
        process.stdout.close()


def test_a_courier_that_is_killed_delivers_each_letter_once(post: Post) -> None:
    """Killed six times while it takes letters and tells of them: every letter ends delivered, with one
    delivery in its record, whatever was told twice."""
    guids = [post.house.submit(letters(MADRID, letter="REGISTERED")).guid for _ in range(LETTERS)]
    post.house.drain()
    chance = random.Random(6)
    for _ in range(KILLS):
        with at_work(post):
            time.sleep(chance.uniform(0, 0.3))
        post.statuses.collect()
    deadline = time.monotonic() + SECONDS
    with at_work(post):
        while any(post.house.state(guid)[0] < 12 for guid in guids):
            assert time.monotonic() < deadline, "the letters never end"
            post.statuses.collect()
            post.house.drain()
            time.sleep(0.1)
    for guid in guids:
        assert post.house.state(guid) == (12, Result.COMPLETED)
        kinds = post.house.kinds(guid)
        assert kinds.count("DELIVERED") == 1
        assert kinds.count("DISPATCHED") == 1


def test_a_listener_that_dies_between_keeping_and_removing_takes_nothing_twice(post: Post) -> None:
    """Dead before the status is kept, and dead after it: it is kept once, and its file goes in the end."""
    guid, [taken] = post.sent()
    receive = post.house.system.channels.receive
    deaths = iter(("before", "after"))

    def dying(report: Report) -> Taken:
        death = next(deaths, "")
        if death == "before":
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        receive(report)
        if death == "after":
            raise ConnectionError("the process ends here")
        return receive(report)

    post.statuses.receive = dying
    moment = post.house.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    post.courier.tell(
        {"reference": taken.reference, "status": "DELIVERED", "at": moment, "received_by": "Ana"}
    )
    for error in (GatewayError, ConnectionError):
        with pytest.raises(error):
            post.statuses.collect()
        assert list((post.courier.folder / "in").glob("*.csv"))
    post.statuses.collect()
    assert not list((post.courier.folder / "in").glob("*.csv"))
    post.house.drain()
    assert post.house.state(guid) == (12, Result.COMPLETED)
    assert post.house.kinds(guid).count("DELIVERED") == 1
    with post.house.tech.database.read() as uow:
        assert len(uow.reports.of(guid)) == 1
