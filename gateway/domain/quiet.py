"""Hours in which nobody is disturbed, on the recipient's own clock, whatever daylight saving does to it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
A_MINUTE = timedelta(minutes=1)
# No clock is ever put forward or back by more.
LONGEST_SHIFT = 180
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until before `end`, local time, to the minute; past midnight where `end` is earlier."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours | None":
        """Read `21:00-08:00`; None for nothing at all. Raises ValueError for anything else, and for hours
        that never end."""
        if not text:
            return None
        match = SPAN.fullmatch(text)
        if not match:
            raise ValueError("quiet hours are as in 21:00-08:00")
        from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
        quiet = cls(time(from_hour, from_minute), time(to_hour, to_minute))
        if quiet.start == quiet.end:
            raise ValueError("quiet hours that never end")
        return quiet

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def holds(self, at: datetime, zone: str) -> bool:
        clock = at.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def after(self, at: datetime, zone: str) -> datetime:
        """The first instant from `at` on that is not quiet: `at` itself, or a whole minute.

        Minute by minute near the end, because the local clock may jump there.
        """
        if not self.holds(at, zone):
            return at
        at = at.astimezone(UTC)
        left = self._minutes_left(at.astimezone(ZoneInfo(zone)).time())
        at = at.replace(second=0, microsecond=0) + A_MINUTE * max(left - LONGEST_SHIFT, 1)
        while self.holds(at, zone):
            at += A_MINUTE
        return at

    def _minutes_left(self, clock: time) -> int:
        until = self.end.hour * 60 + self.end.minute - clock.hour * 60 - clock.minute
        return until % MINUTES_A_DAY


def is_zone(name: str) -> bool:
    """Whether it is a zone of the IANA database."""
    return name in available_timezones()
