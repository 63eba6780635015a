"""How long: durations of XML Schema, `time_to_close` and `time_to_save`, and calendar arithmetic."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

DURATION = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?",
    re.ASCII,
)
MINIMUM_CUSTODY_MONTHS = 60
LATEST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Duration:
    """An xs:duration without sign or fractions: calendar months, and seconds."""

    months: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read `PnYnMnDTnHnMnS`; raises ValueError for anything else."""
        match = DURATION.fullmatch(text)
        if not match or not any(match.groups()) or text.endswith("T"):
            raise ValueError("not a duration")
        years, months, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return cls(years * 12 + months, ((days * 24 + hours) * 60 + minutes) * 60 + seconds)

    def after(self, start: datetime) -> datetime:
        """`start` plus this; the day is clipped to the month's last. Raises ValueError beyond year 9999."""
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        if year > LATEST_YEAR:
            raise ValueError("too far ahead")
        day = min(start.day, monthrange(year, month + 1)[1])
        try:
            return start.replace(year=year, month=month + 1, day=day) + timedelta(seconds=self.seconds)
        except OverflowError:
            raise ValueError("too far ahead") from None


def custody_long_enough(time_to_save: Duration) -> bool:
    """`time_to_save` is years or months, five years at least."""
    return time_to_save.seconds == 0 and time_to_save.months >= MINIMUM_CUSTODY_MONTHS
