"""How a recipient's will is witnessed: sign methods, operation codes and their life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.delivery import Channel
from gateway.domain.voice import Call


class SignMethod(Enum):
    """The XML element `sign_method`, per transaction and per recipient."""

    SMS = "SMS"
    VOICE = "VOICE"
    SMS_VOICE = "SMS_VOICE"
    CERTIFICATE = "CERTIFICATE"
    BIOMETRIC = "BIOMETRIC"

    @property
    def needs_phone(self) -> bool:
        return self.coded

    @property
    def coded(self) -> bool:
        """Whether the recipient types an operation code; a certificate and a stroke take its place."""
        return self in {SignMethod.SMS, SignMethod.VOICE, SignMethod.SMS_VOICE}

    @property
    def by_call(self) -> bool:
        """Whether a code may be dictated."""
        return self in {SignMethod.VOICE, SignMethod.SMS_VOICE}


class CodedAct(Enum):
    """What a code opens: the documents (first code of CONTRACT), or the signature."""

    DOWNLOAD = "DOWNLOAD"
    SIGN = "SIGN"


class ChallengeState(Enum):
    """Life of one operation code. UNKNOWN: handed over, perhaps; void, never repeated by itself."""

    REQUESTED = "REQUESTED"
    HANDED_OVER = "HANDED_OVER"
    USED = "USED"
    VOID = "VOID"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class CodePolicy:
    """Limits of operation codes: life, wrong tries per code, codes per recipient, and how long an SMS of
    SMS_VOICE may stay unused before a call brings another code."""

    life: timedelta = timedelta(minutes=10)
    attempts: int = 3
    sends: int = 3
    pause: timedelta = timedelta(seconds=20)
    call_after: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Challenge:
    """An operation code without the code: only its keyed hash, the key's id and the audit.

    `digest` is empty until the worker that sends the code has drawn it; `call` is what is known of the
    call that dictated it, and `bound_sha256` what the acceptance spoken in it is to (empty: none is asked).
    """

    id: str
    guid: str
    position: int
    act: CodedAct
    method: SignMethod
    state: ChallengeState
    requested_at: datetime
    expires_at: datetime
    key_id: str = ""
    digest: bytes = b""
    attempts: int = 0
    handed_over_at: datetime | None = None
    channel: Channel = Channel.SMS
    call: Call | None = None
    bound_sha256: bytes = b""

    def live(self, now: datetime) -> bool:
        return self.state is ChallengeState.HANDED_OVER and now < self.expires_at
