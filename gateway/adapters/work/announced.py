"""Local workers that others wake: what comes in over a listener, and what goes out by a bell.

Claims, leases and fences stay the local workers': without listener and bell they only look less often.
"""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from gateway.adapters.work.local import LocalWorkers

# How long a call is kept by workers that have no room, and how soon they notice that they are to stop.
HELD_TURNS, TURN_SECONDS = 25, 0.2


class Listener(Protocol):
    """Hears that tasks are due somewhere, and reconnects by itself for as long as it lives."""

    def start(self, heard: Callable[[], None]) -> None: ...
    def hears(self) -> bool:
        """Whether a call would be heard now."""

    def stop(self, timeout: float) -> None: ...


class Deaf:
    """Where nobody can be heard."""

    def start(self, heard: Callable[[], None]) -> None: ...
    def hears(self) -> bool:
        return False

    def stop(self, timeout: float) -> None: ...


class Announced:
    """`workers`, and the listener that wakes them. Stops listening before it stops working."""

    def __init__(self, workers: LocalWorkers, listener: Listener) -> None:
        self._workers = workers
        self._listener = listener
        self._leaving = Event()

    def start(self) -> None:
        self._workers.start()
        self._listener.start(self._heard)

    def wake(self) -> None:
        self._workers.wake()

    def stop(self, timeout: float) -> bool:
        """As LocalWorkers.stop."""
        self._leaving.set()
        self._listener.stop(min(timeout, 2.0))
        return self._workers.stop(timeout)

    def _heard(self) -> None:
        """Kept until there is room, so that the next call goes to a process that has some."""
        self._workers.wake()
        for _ in range(HELD_TURNS):
            if self._leaving.is_set() or self._workers.wait_for_room(TURN_SECONDS):
                return
