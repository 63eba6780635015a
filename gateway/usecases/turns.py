"""So many at once and no more: costly work that anybody may ask for never takes every thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.domain.errors import ErrorKind, GatewayError


class Turns:
    """`most` holders at a time, in this process. Nobody waits: without a free turn, one is sent away."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE)."""
        if not self._free.acquire(blocking=False):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        try:
            yield
        finally:
            self._free.release()
