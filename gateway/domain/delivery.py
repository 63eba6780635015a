"""What leaves the gateway towards a recipient, and what is known of its fate."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.bridge import Bridge
from gateway.domain.letters import Letter
from gateway.domain.voice import CallScript


class Channel(Enum):
    EMAIL = "EMAIL"
    SMS = "SMS"
    VOICE = "VOICE"
    POSTAL = "POSTAL"
    WEB = "WEB"


class Purpose(Enum):
    """Why a message is sent."""

    NOTICE = "NOTICE"
    CODE = "CODE"
    REMINDER = "REMINDER"
    ALERT = "ALERT"
    COPY = "COPY"
    OUTCOME = "OUTCOME"
    CALL = "CALL"


class Outcome(Enum):
    """What a channel knows when it returns. ACCEPTED proves dispatch only, DELIVERED availability.

    REFUSED is final (unknown address). NOT_SENT is certain not to have left, so it may be tried again.
    UNKNOWN is an intent without a result: nothing paid is repeated by itself.
    """

    ACCEPTED = "ACCEPTED"
    DELIVERED = "DELIVERED"
    REFUSED = "REFUSED"
    NOT_SENT = "NOT_SENT"
    UNKNOWN = "UNKNOWN"


class NotTaken(ConnectionError):
    """The other side took nothing, for now: nothing has left. What it says holds no secret, and is kept."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one address. `id` is stable over retries; `html` may be empty.

    `text` may hold an operation code: it lives in memory only, never stored, queued or logged. `script` is
    what a call says, whose `text` is the same for reading. `mark` is a reference that nobody can guess, the
    same over retries: what return paths, receipts and links name the message by. `raw` is what is handed
    over, octet by octet, once the channel has prepared it; with `keep` it is kept, sealed. `letter` is to
    whom and how a letter goes; `bridge` who is put through to whom.
    What is `watched` may tell when it is opened; `names` are what that is told by, besides the mark.
    """

    id: str
    channel: Channel
    address: str
    subject: str
    text: str
    html: str = ""
    sender_name: str = ""
    attachments: tuple[Attachment, ...] = ()
    script: CallScript | None = None
    mark: str = ""
    raw: bytes = b""
    raw_type: str = ""
    keep: bool = False
    letter: Letter | None = None
    bridge: Bridge | None = None
    watched: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel answered: outcome, the relay's own reference and words, and when.

    `parts` are the provider's own ids of the message, one a part, by which it will report on them;
    `details` what event and evidence tell of the hand-over besides.
    """

    outcome: Outcome
    at: datetime
    reference: str = ""
    detail: str = ""
    parts: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """The intent row of something done outside the database; `outcome` is None until the result row."""

    id: str
    guid: str
    position: int | None
    channel: Channel
    purpose: Purpose
    address: str
    intended_at: datetime
    outcome: Outcome | None = None
    finished_at: datetime | None = None
    reference: str = ""
    detail: str = ""
