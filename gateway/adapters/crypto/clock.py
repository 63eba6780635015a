"""The clock as the cryptographic adapters see it; concrete clocks are built elsewhere."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time: aware and UTC."""

    def now(self) -> datetime: ...
