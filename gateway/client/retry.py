"""When a call is made again: after a lost answer or a passing failure, later and later, never in step."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import requests

from gateway.client.answers import GatewayFault

T = TypeVar("T")
# Nobody knows whether the gateway got it: only what may be done twice is repeated after these.
LOST = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


@dataclass(frozen=True, slots=True)
class Retry:
    """At most `attempts`; before the n-th repetition a random time up to `base` * 2^n seconds, and `longest`.

    The whole interval is drawn from, so that clients that failed together do not come back together.
    """

    attempts: int = 5
    base: float = 0.5
    longest: float = 30.0
    sleep: Callable[[float], object] = time.sleep
    draw: Callable[[float, float], float] = field(default=random.uniform)

    def run(self, call: Callable[[], T], *, safe: bool) -> T:
        """The call's result. `safe`: doing it twice is like doing it once; otherwise it is tried once.

        Raises what the last attempt raised.
        """
        attempt = 0
        while True:
            try:
                return call()
            except (GatewayFault, *LOST) as error:
                passing = not isinstance(error, GatewayFault) or error.temporary
                attempt += 1
                if not safe or not passing or attempt >= self.attempts:
                    raise
                least = error.retry_after if isinstance(error, GatewayFault) else 0.0
                pause = self.draw(0.0, min(self.longest, self.base * 2**attempt))
                self.sleep(max(pause, min(least, self.longest)))


NEVER = Retry(attempts=1)
