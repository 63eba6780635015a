"""What Twilio's words for the fate of a call mean."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from gateway.domain.voice import CallState

FINAL = frozenset({"completed"})
STATES = {
    "in-progress": CallState.ANSWERED,
    "answered": CallState.ANSWERED,
    "completed": CallState.ENDED,
    "busy": CallState.BUSY,
    "no-answer": CallState.NO_ANSWER,
    "failed": CallState.FAILED,
    # Ended before anybody took it, by whoever placed it.
    "canceled": CallState.FAILED,
}
MACHINES = ("machine", "fax")


def state_of(status: str, answered_by: str = "") -> CallState | None:
    """None where nothing happened yet: queued, initiated, ringing. Whatever a machine took nobody heard."""
    return CallState.MACHINE if machine(answered_by) else STATES.get(status)


def machine(answered_by: str) -> bool:
    return answered_by.startswith(MACHINES)


def moment(words: object) -> datetime | None:
    """An RFC 2822 instant, as callbacks and the API tell them; None for anything else."""
    try:
        return parsedate_to_datetime(str(words)).astimezone(UTC) if words else None
    except ValueError:
        return None
