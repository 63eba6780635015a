"""Tells workers in other processes that tasks are due: by a thread of its own, in nobody's way.

A call that is lost costs time only, for whoever works also looks by itself. It carries no data at all.
"""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol

from gateway.adapters.work.retry import described

# However many tasks become due, others are told this often at most.
GAP_SECONDS = 0.01
PAUSE_SECONDS = 1.0
# Whoever is full says so at every claim; others need not hear it so often.
FULL_SECONDS = 0.2
# An idle connection is tended so that its other end does not take it for dead.
TEND_SECONDS = 3.0
Counted = Callable[[str], object]
log = logging.getLogger(__name__)


class Rope(Protocol):
    """What is pulled: one technology. Used by one thread only, after the processes have forked."""

    def pull(self) -> None:
        """Tell once. Raises whatever the technology raises; the next call connects anew."""

    def tend(self) -> None:
        """Keep an idle connection alive."""

    def close(self) -> None: ...


class Silence:
    """The bell where nobody else works, or where nothing can be rung."""

    def ring(self) -> None: ...
    def full(self) -> None: ...
    def start(self) -> None: ...
    def stop(self, timeout: float) -> None: ...


class Bell:
    """Calls while one is on its way become one. What cannot be told is `counted` as lost, and forgotten."""

    def __init__(self, rope: Rope, counted: Counted, *, gap: float = GAP_SECONDS) -> None:
        self._rope = rope
        self._counted = counted
        self._gap = gap
        self._asked = Event()
        self._full_at = -FULL_SECONDS
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="work-bell", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ring(self) -> None:
        """Returns at once and never fails, whatever becomes of the other side."""
        self._asked.set()

    def full(self) -> None:
        """Ring because there may be more than this process can take. By one thread only."""
        now = time.monotonic()
        if now - self._full_at >= FULL_SECONDS:
            self._full_at = now
            self.ring()

    def stop(self, timeout: float) -> None:
        self._stopping.set()
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        well = True
        while not self._stopping.is_set():
            asked = self._asked.wait(TEND_SECONDS)
            if self._stopping.is_set():
                break
            self._asked.clear()
            try:
                if asked:
                    self._rope.pull()
                    self._counted("rung")
                else:
                    self._rope.tend()
                well = True
                time.sleep(self._gap)
            except Exception as error:
                if well:
                    log.warning("other workers cannot be told of tasks: %s", described(error))
                well = False
                if asked:
                    self._counted("lost")
                self._stopping.wait(PAUSE_SECONDS)
        self._rope.close()
