"""Whether one time-stamping authority is asked: after a failure it is left alone for a while that grows.

When the while is over one caller tries it, and the others wait for what that one finds: an authority that
comes back is not met by everybody at once. Which authority is preferred is the client's business.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.adapters.crypto.clock import Clock

log = logging.getLogger(__name__)


class TsaState(StrEnum):
    UNTRIED = "untried"
    WELL = "well"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Rest:
    """How long an authority is left alone: `first` after one failure, doubled at each, at most `longest`."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=2)

    def after(self, failures: int) -> timedelta:
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 40))


class TsaHealth:
    """Safe across threads. What it knows is this process's own."""

    def __init__(self, name: str, clock: Clock, rest: Rest) -> None:
        self._name = name
        self._clock = clock
        self._rest = rest
        self._trial = threading.Lock()
        self._failures = 0
        self._until: datetime | None = None
        self.answered_at: datetime | None = None

    @property
    def state(self) -> TsaState:
        if self._failures:
            return TsaState.RESTING
        return TsaState.UNTRIED if self.answered_at is None else TsaState.WELL

    def resting_until(self) -> datetime | None:
        """When it may be asked again; None when it may be asked now."""
        until, now = self._until, self._clock.now()
        # A clock that was set back would otherwise let it rest for as long as that.
        if until is None or not now < until <= now + self._rest.longest:
            return None
        return until

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether this caller may ask now; one at a time for as long as it is not known to be well."""
        if self.state is TsaState.WELL:
            yield True
            return
        with self._trial:
            yield self.resting_until() is None

    def succeeded(self) -> None:
        if self._failures:
            log.info("time-stamping authority %s is well again", self._name)
        self._failures, self._until = 0, None
        self.answered_at = self._clock.now()

    def failed(self, why: str) -> None:
        """Callers that failed together count once."""
        if self.resting_until() is not None:
            return
        self._failures += 1
        pause = self._rest.after(self._failures)
        self._until = self._clock.now() + pause
        log.warning("time-stamping authority %s rests for %ss: %s", self._name, pause.total_seconds(), why)
