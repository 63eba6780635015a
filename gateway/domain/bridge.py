"""Calls between two people that the gateway puts through, records and certifies."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MOST_ATTEMPTS = 5


class CallWay(Enum):
    """RING_BOTH: the gateway rings the caller, then the called. CALL_IN: the caller rings the gateway.

    Values are stored: never rename one.
    """

    RING_BOTH = "RING_BOTH"
    CALL_IN = "CALL_IN"


class Leg(Enum):
    """Whose end of the call. Values are stored: never rename one."""

    CALLER = "CALLER"
    CALLED = "CALLED"


@dataclass(frozen=True, slots=True)
class Speaker:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class BridgedCall:
    """What the issuer asks for; `attempts` in all, while nobody answers."""

    caller: Speaker
    called: Speaker
    way: CallWay = CallWay.RING_BOTH
    attempts: int = 1

    def pairs(self) -> Iterator[tuple[str, str]]:
        """For event and evidence: as declared."""
        yield "caller", f"{self.caller.name} {self.caller.phone}"
        yield "called", f"{self.called.name} {self.called.phone}"
        yield "way", self.way.value


@dataclass(frozen=True, slots=True)
class Bridge:
    """What a provider is told to do. `announcement`, in `language`, is said to each end before they hear each
    other: that the call is recorded, by whom, and for whom."""

    caller: str
    called: str
    way: CallWay
    language: str
    announcement: str


def call_rules(call: BridgedCall | None, *, wanted: bool) -> Iterator[str]:
    """What is wrong with the call of a transaction whose service is made of one, or is not."""
    if wanted and call is None:
        yield "call is missing"
    elif call is not None and not wanted:
        yield "call is for BUROVOZ alone"
    elif call is not None and call.caller.phone == call.called.phone:
        yield "caller and called are one telephone"
