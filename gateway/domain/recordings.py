"""Recordings of calls that an issuer gives into custody, and what it declares of each call."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

# The media types by their usual names (RFC 2361, RFC 3003, RFC 5334), parameters apart.
RECORDINGS = frozenset(
    {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3", "audio/ogg"}
)


class CallDirection(Enum):
    """Who called: somebody called the issuer (INBOUND), or the issuer called (OUTBOUND)."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


@dataclass(frozen=True, slots=True)
class CallData:
    """A call as its issuer declares it; the gateway proves when it was told so, not that it is true.

    `caller` and `called` are telephone numbers or any other address, "" when unknown; `agent` refers to
    whoever spoke for the issuer, in its own words. Instants are aware and UTC.
    """

    started_at: datetime
    ended_at: datetime | None = None
    caller: str = ""
    called: str = ""
    direction: CallDirection | None = None
    agent: str = ""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """What was declared, by name, in order."""
        yield from ((name, text) for name, text in (("caller", self.caller), ("called", self.called)) if text)
        yield "started", self.started_at.isoformat()
        if self.ended_at is not None:
            yield "ended", self.ended_at.isoformat()
        if self.direction is not None:
            yield "direction", self.direction.value
        if self.agent:
            yield "agent", self.agent


def is_recording(media_type: str) -> bool:
    """Whether the media type is of a recording that can be checked."""
    return media_type.partition(";")[0].strip().lower() in RECORDINGS
