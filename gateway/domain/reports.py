"""What a channel tells of a message after it took it: late, twice, in any order, or never.

Telling is no deciding: what a report means for a transaction is the use cases' to say.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.delivery import Channel


class ReportKind(Enum):
    """Values are stored: never rename one. FAILED, REFUSED and RETURNED are final; of the others any may come
    again. OPENED and CLICKED are a person's, FETCHED is a machine's (prefetch, scanner). Of
    calls: ANSWERED by somebody, HELD to its end by both, RECORDED with the recording as raw octets."""

    SENT = "SENT"
    DELAYED = "DELAYED"
    ATTEMPTED = "ATTEMPTED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    RETURNED = "RETURNED"
    OPENED = "OPENED"
    CLICKED = "CLICKED"
    FETCHED = "FETCHED"
    REPLIED = "REPLIED"
    COMPLAINED = "COMPLAINED"
    ANSWERED = "ANSWERED"
    HELD = "HELD"
    RECORDED = "RECORDED"

    @property
    def undelivered(self) -> bool:
        return self in {ReportKind.FAILED, ReportKind.REFUSED, ReportKind.RETURNED}


# The detail of a report that is about another message than it was addressed to: it has no consequences.
MISMATCH = "mismatch"


class Failure(Enum):
    """Why a message did not arrive. Values are stored: never rename one."""

    UNKNOWN_ADDRESS = "UNKNOWN_ADDRESS"
    MAILBOX_FULL = "MAILBOX_FULL"
    SERVER_UNAVAILABLE = "SERVER_UNAVAILABLE"
    CONTENT_BLOCKED = "CONTENT_BLOCKED"
    PHONE_OFF = "PHONE_OFF"
    NO_COVERAGE = "NO_COVERAGE"
    MEMORY_FULL = "MEMORY_FULL"
    BARRED = "BARRED"
    UNKNOWN_NUMBER = "UNKNOWN_NUMBER"
    ABSENT = "ABSENT"
    ADDRESS_INCOMPLETE = "ADDRESS_INCOMPLETE"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    MACHINE = "MACHINE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `at` is the event's own instant (the operator's, aware and UTC), not when it reached us.

    The message is named by our own id of the effect, or by `reference`: its mark, or what the provider calls
    it. `names` are what the provider calls parts, where that was not known before. `part` is the 1-based part
    of a message of several, 0 for the whole. `raw` is what came, octet by
    octet, and is kept sealed; `details` go into event and evidence. `key` is what makes two reports the same,
    where kind, part, instant and failure do not say so.
    """

    channel: Channel
    kind: ReportKind
    at: datetime
    raw: bytes
    media_type: str
    effect: str = ""
    reference: str = ""
    provider: str = ""
    part: int = 0
    failure: Failure | None = None
    details: tuple[tuple[str, str], ...] = ()
    key: str = ""
    names: tuple[tuple[int, str], ...] = ()

    @property
    def same(self) -> str:
        """Equal for two reports of one thing about one message."""
        failure = self.failure.value if self.failure else ""
        said = self.key or f"{self.at.isoformat()} {failure}"
        return f"{self.kind.value} {self.part} {said}"


class Taken(Enum):
    """What became of a report: all three are durable."""

    NEWS = "NEWS"
    KNOWN = "KNOWN"
    UNMATCHED = "UNMATCHED"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as kept. `owner` is the transaction, or the report itself while nobody knows whose it is.

    `mark` is the digest by which equal reports are found; `body` the report without its raw octets, which
    are in the owner's vault, named by `raw_sha256`.
    """

    id: str
    owner: str
    received_at: datetime
    report: Report
    raw_sha256: bytes
    matched_at: datetime | None = None
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A name of a message or of one of its parts: our mark (part 0), or what the provider calls it."""

    channel: Channel
    reference: str
    effect: str
    guid: str
    part: int = 0
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message exactly as it was handed over; its octets are in the transaction's vault."""

    effect: str
    guid: str
    position: int
    sha256: bytes
    size: int
    media_type: str
    at: datetime
