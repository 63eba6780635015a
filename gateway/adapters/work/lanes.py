"""Which lane is next: interactive work first, and bulk work every so often, so that it is never starved.

It only orders what a process has claimed, or is about to claim; the database decides who may claim it.
"""

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

from gateway.domain.record import INTERACTIVE

# One place of so many is bulk work's, whatever else waits.
EVERY = 4
T = TypeVar("T")


class BulkShare:
    """Of the places that one claimer fills in the course of time, how many are bulk work's before."""

    def __init__(self, every: int = EVERY) -> None:
        self._every = every
        self._places = 0

    def of(self, room: int) -> int:
        share, self._places = divmod(self._places + room, self._every)
        return min(share, room)


class LaneQueue(Generic[T]):
    """First in, first out within a lane; interactive before bulk, but for one of `every`."""

    def __init__(self, every: int = EVERY) -> None:
        self._every = every
        self._urgent: deque[T] = deque()
        self._bulk: deque[T] = deque()
        self._passed = 0
        self._filled = Condition()

    def put(self, item: T, lane: int = INTERACTIVE) -> None:
        with self._filled:
            (self._urgent if lane == INTERACTIVE else self._bulk).append(item)
            self._filled.notify()

    def get(self) -> T:
        """Wait for one."""
        with self._filled:
            while not self._urgent and not self._bulk:
                self._filled.wait()
            return self._next()

    def get_nowait(self) -> T | None:
        with self._filled:
            return self._next() if self._urgent or self._bulk else None

    def _next(self) -> T:
        if self._urgent and (not self._bulk or self._passed < self._every - 1):
            self._passed = self._passed + 1 if self._bulk else 0
            return self._urgent.popleft()
        self._passed = 0
        return self._bulk.popleft()
