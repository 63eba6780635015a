"""Several processes on one listening socket: started, restarted when they die, stopped together.

Python runs one thread at a time, so a second core needs a second process. The parent only watches.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

log = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
Target = Callable[[int], int]


class Supervisor:
    """Keeps `count` children alive, each running `target` with its place from 0, until SIGTERM or SIGINT.

    To be used before any thread or connection exists, for neither survives a fork.
    """

    def __init__(self, count: int, target: Target) -> None:
        self._count = count
        self._target = target
        self._children: dict[int, int] = {}
        self._stopping = False
        # Children hold the reading end: when the parent dies, however, they read its end and leave.
        self._reading, self._writing = os.pipe()

    def run(self) -> int:
        """0 when it was told to stop and every child has left."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for place in range(self._count):
            self._spawn(place)
        while self._children:
            self._wait()
        return 0

    def _wait(self) -> None:
        pid, status = os.wait()
        place = self._children.pop(pid, None)
        if self._stopping or place is None:
            return
        log.error("process %d ended with %d, another one takes its place", pid, status)
        time.sleep(PAUSE_SECONDS)
        if not self._stopping:
            self._spawn(place)

    def _spawn(self, place: int) -> None:
        pid = os.fork()
        if pid:
            self._children[pid] = place
            return
        code = 1
        try:
            # The parent's handlers would stop the siblings instead of this process.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.close(self._writing)
            threading.Thread(target=self._leave_with_parent, daemon=True).start()
            code = self._target(place)
        finally:
            os._exit(code)

    def _leave_with_parent(self) -> None:
        os.read(self._reading, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for pid in list(self._children):
            os.kill(pid, signal.SIGTERM)
