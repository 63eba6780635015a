"""Our clock against the authorities': what each answer tells of the difference, and when ours is wrong.

One authority that is far from us may be wrong itself, and another is asked. When several agree with each
other against us, nothing is sealed until they do not. Nothing here asks anybody.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.adapters.crypto.clock import Clock
from gateway.domain.errors import UnavailableUntil

log = logging.getLogger(__name__)
# How long a measurement counts, and after how long a refusal is put to the test again.
FRESH, AGAIN = timedelta(minutes=3), timedelta(minutes=1)
SEVERAL = 2
SECOND = timedelta(seconds=1)
NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Offset:
    """Our clock minus an authority's lies between `least` and `most`; `at` is when it was measured."""

    least: timedelta
    most: timedelta
    at: datetime

    @property
    def distance(self) -> timedelta:
        """The smallest difference, without its sign, that explains the answer."""
        if self.least <= NONE <= self.most:
            return NONE
        return min(abs(self.least), abs(self.most))

    @property
    def middle(self) -> timedelta:
        return (self.least + self.most) / 2


def measured(before: datetime, after: datetime, gen_time: datetime) -> Offset:
    """From our clock around a request and the genTime of its answer, which may be cut to whole seconds."""
    cut = NONE if gen_time.microsecond else SECOND
    return Offset(before - gen_time - cut, after - gen_time, after)


class ClockWatch:
    """Safe across threads: what is noted is replaced whole."""

    def __init__(self, clock: Clock, max_offset: timedelta) -> None:
        self._clock = clock
        self._max = max_offset
        self._lock = threading.Lock()
        self._noted: dict[str, Offset] = {}
        self._wrong = False

    def far(self, offset: Offset) -> bool:
        return offset.distance > self._max

    def note(self, name: str, offset: Offset) -> None:
        """What an authority with a clock of its own says."""
        with self._lock:
            self._noted = {**self._noted, name: offset}
            wrong = self._off_by() is not None
            changed, self._wrong = wrong is not self._wrong, wrong
        if changed and wrong:
            log.error(
                "our clock is wrong by about %ss, several authorities say: nothing is sealed",
                offset.middle.total_seconds(),
            )
        elif changed:
            log.info("our clock agrees with the authorities again")

    def check(self) -> None:
        """Raises UnavailableUntil while several authorities agree that our clock is wrong."""
        off = self._off_by()
        if off is not None:
            raise UnavailableUntil("our clock is wrong", off.at + AGAIN)

    def check_newest(self) -> None:
        """As `check`, unless it is time to put it to the test again."""
        off = self._off_by()
        if off is not None and self._clock.now() < off.at + AGAIN:
            self.check()

    def _off_by(self) -> Offset | None:
        """The newest of those that agree against us, when they are several and no fewer than the others."""
        now = self._clock.now()
        fresh = [offset for offset in self._noted.values() if abs(now - offset.at) < FRESH]
        against = sorted((each for each in fresh if self.far(each)), key=lambda each: each.at)
        best: list[Offset] = []
        for one in against:
            same = [other for other in against if abs(one.middle - other.middle) <= self._max]
            best = max(best, same, key=len)
        if len(best) < SEVERAL or len(best) < len(fresh) - len(against):
            return None
        return best[-1]
