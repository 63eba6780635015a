"""When a failed task is tried again, and what may be told about its failure."""

import traceback
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.domain.errors import GatewayError


@dataclass(frozen=True, slots=True)
class Retry:
    """Exponential backoff: `base` doubled at every attempt up to `cap`; after `attempts` a task is dead."""

    base: timedelta = timedelta(seconds=2)
    cap: timedelta = timedelta(hours=1)
    attempts: int = 12

    def delay(self, attempts: int, chance: float) -> timedelta:
        """The pause after so many attempts; `chance` (0 to 1) spreads it over its upper half, lest tasks
        that failed together come back together."""
        # 2**40 already exceeds any cap, and greater powers would overflow.
        whole = min(self.cap, self.base * 2.0 ** min(max(attempts - 1, 0), 40))
        return whole * (0.5 + chance / 2)


def described(error: BaseException) -> str:
    """The refusal, or the exception's class and place. Foreign messages may hold codes or addresses, so
    they are neither stored nor logged."""
    if isinstance(error, GatewayError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place


def route(error: BaseException) -> str:
    """The calls that led to the error, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
