"""Threads that call issuers, apart from those that work: a slow issuer keeps nothing but feedback waiting.

The database decides who tells what. Half of the threads never touch an address that fails.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from gateway.adapters.work.retry import described

log = logging.getLogger(__name__)


class FeedbackThreads:
    """Each calls `tell(well)` for as long as it says True; otherwise it looks again after `poll` seconds."""

    def __init__(self, tell: Callable[[bool], bool], *, threads: int, poll: float) -> None:
        self._tell = tell
        self._poll = poll
        self._stopping = Event()
        self._threads = [
            Thread(target=self._run, args=(number < threads // 2,), name=f"feedback-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Begin no further call, and wait up to `timeout` seconds for those under way. False: some still are,
        and are told again when their lease has ended."""
        self._stopping.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, well: bool) -> None:
        while not self._stopping.is_set():
            try:
                told = self._tell(well)
            except Exception as error:
                log.error("an issuer cannot be told: %s", described(error))
                told = False
            if not told:
                self._stopping.wait(self._poll)
