"""How fast messages may leave one session: so many a second, so many unanswered, and slower when told so."""

import threading
import time
from collections.abc import Callable

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
Now = Callable[[], float]


class Pace:
    """Shared by the threads of a process. `rate` is messages a second; 0 is no limit."""

    def __init__(self, rate: int, window: int, monotonic: Now = time.monotonic) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._window = threading.BoundedSemaphore(window)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next = 0.0
        self._pause = 0.0

    def turn(self, deadline: float) -> bool:
        """Wait for a place in the window and for one's moment; False when that would be after `deadline`,
        and then nothing was taken. `deadline` is of the same clock."""
        if not self._window.acquire(timeout=max(deadline - self._monotonic(), 0)):
            return False
        with self._lock:
            now = self._monotonic()
            moment = max(self._next, now)
            if moment > deadline:
                self._window.release()
                return False
            self._next = moment + self._gap
        time.sleep(moment - now)
        return True

    def answered(self) -> None:
        """One's place is free again."""
        self._window.release()

    def slower(self) -> None:
        """The other side is overwhelmed: nobody sends for a while, which doubles each time."""
        with self._lock:
            now = self._monotonic()
            if self._next <= now + self._gap:
                self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
                self._next = now + self._pause

    def well(self) -> None:
        with self._lock:
            self._pause = 0.0
