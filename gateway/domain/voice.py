"""Calls: what is said in one, what the provider tells of it, and how that adds up whatever order it comes in.

A call dictates an operation code and may ask for a spoken acceptance, which the provider records.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from gateway.domain.bridge import Leg

# So many seconds a notice takes at the least until it has said from whom it comes and where to look.
LEAST_HEARD = 5


class CallState(Enum):
    """How far a call came. Values are stored: never rename one. MACHINE: nothing was dictated to it."""

    PLACED = "PLACED"
    ANSWERED = "ANSWERED"
    ENDED = "ENDED"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    MACHINE = "MACHINE"
    FAILED = "FAILED"

    @property
    def final(self) -> bool:
        return self not in {CallState.PLACED, CallState.ANSWERED}

    @property
    def unheard(self) -> bool:
        """Nobody heard the code, and nobody will."""
        return self.final and self is not CallState.ENDED

    @property
    def rank(self) -> int:
        """A report moves a call on only to a higher one."""
        return 2 if self.final else int(self is CallState.ANSWERED)


@dataclass(frozen=True, slots=True)
class CallScript:
    """What is said, in the recipient's `language`. `dictation` is repeated whenever 1 is pressed.

    With a `question` the provider then says it, records the answer for a few seconds, and says `farewell`.
    It holds the code's digits, so it lives in memory only. An answering machine hears none of it.
    """

    language: str
    greeting: str
    dictation: str
    repeat: str
    farewell: str
    question: str = ""

    @property
    def parts(self) -> Sequence[str]:
        """Everything in order, the dictation twice, as somebody hears it who presses nothing."""
        said = (self.greeting, self.dictation, self.dictation, self.repeat, self.question, self.farewell)
        return [part for part in said if part]


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of one call. `recording` is the provider's name of the recorded answer, "" for none.

    `speech_sha256` is of the sealed recording (CMS) once it is kept; `seconds` is the call's length.
    """

    state: CallState = CallState.PLACED
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int = 0
    recording: str = ""
    speech_sha256: bytes = b""


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One report of the provider about `call`, our own id of it; `state` is None for a recording alone.

    Of a bridged call `leg` says at whose end it happened, and ENDED is told of the whole. `raw` is what the
    provider sent, octet by octet, where it sent something. Without `by_person` whoever took the call may have
    been a machine.
    """

    call: str
    at: datetime
    state: CallState | None = None
    seconds: int = 0
    recording: str = ""
    leg: Leg | None = None
    raw: bytes = b""
    media_type: str = ""
    by_person: bool = True


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded, in clear: it is sealed at once and lives in memory only."""

    octets: bytes
    media_type: str


def told(call: Call, event: CallEvent) -> Call:
    """The call after one more report: a late, repeated or contradicting one never takes anything back."""
    state = event.state
    if state is not None and state.rank > call.state.rank:
        call = replace(call, state=state)
    if state in {CallState.ANSWERED, CallState.ENDED} and call.state.unheard:
        return call
    if state is CallState.ANSWERED and call.answered_at is None:
        call = replace(call, answered_at=event.at)
    if state is call.state and call.state.final and call.ended_at is None:
        call = replace(call, ended_at=event.at, seconds=event.seconds)
    if event.recording and not call.recording:
        call = replace(call, recording=event.recording)
    return call
