"""When something happened, as couriers write it: with an offset, or in the time zone agreed on with them.

A courier's clock strikes one hour twice in autumn, and one never in spring: the first is taken as the earlier
one and told so, the second is refused.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is UTC; `told` how it was written, with the zone that it was read in."""

    at: datetime
    told: str


def moment(text: str, zone: ZoneInfo) -> Moment:
    """Raises ValueError for what is no instant, or none in that zone."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("must be a date and a time such as 2026-11-25T10:30:00+01:00")
    day, hour, offset = found.groups()
    read = datetime.fromisoformat(f"{day}T{hour}{(offset or '').replace('Z', '+00:00')}")
    if offset:
        return Moment(read.astimezone(UTC), text)
    local = read.replace(tzinfo=zone)
    at = local.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != read:
        raise ValueError(f"there was no such time in {zone.key}")
    twice = local.utcoffset() != local.replace(fold=1).utcoffset()
    return Moment(at, f"{text} {zone.key}{' (twice that day: the earlier)' if twice else ''}")
