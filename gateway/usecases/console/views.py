"""The story of a transaction as its page shows it: plain values, masked already."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.certificate import CodeAudit
from gateway.domain.custody import Extension, Hold, Tombstone
from gateway.domain.delivery import Channel, Outcome, Purpose
from gateway.domain.errors import Text
from gateway.domain.feedback import Attempt, Queued
from gateway.domain.participation import Role
from gateway.domain.parties import Issuer
from gateway.domain.results import RecipientState, Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.usecases.ports.console import DepositLine, EvidenceLine

Details = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The transaction itself; `subject` is masked, and what the issuer wrote beside it is left out."""

    guid: str
    issuer: Issuer
    external_id: str
    service: str
    title: Text
    state: State
    result: Result
    subject: str
    language: str
    sign_method: SignMethod
    received_at: datetime
    start_at: datetime
    close_at: datetime
    updated_at: datetime
    request_id: str
    sandbox: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """A state on the rail: when it was first reached (None: not, or skipped), and how it looks now."""

    state: State
    at: datetime | None
    now: bool
    skipped: bool


@dataclass(frozen=True, slots=True)
class RecipientLine:
    position: int
    name: str
    identity: str
    identity_type: str
    access_identifier: str
    email: str
    phone: str
    notice_method: str
    sign_method: SignMethod
    state: RecipientState
    result: Result
    order: int
    role: Role
    failures: int
    locked_until: datetime | None
    conditions_at: datetime | None
    unlocked_at: datetime | None
    decided_at: datetime | None
    reason: str
    codes: tuple[CodeAudit, ...]
    # Kinds of contact that nothing is sent to.
    blocked: tuple[str, ...]
    # Another contact was given before, which may be blocked.
    corrected: bool


@dataclass(frozen=True, slots=True)
class DocumentLine:
    position: int
    name: str
    media_type: str
    size: int
    pages: int | None
    signed: bool
    original_sha256: str
    stamped_sha256: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """An entry of the timeline. `proof` is the evidence of the same id, if there is one."""

    sequence: int
    label: Text
    kind: str
    state: State
    position: int | None
    at: datetime
    recorded_at: datetime
    details: Details
    proof: EvidenceLine | None


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One effect: what was meant to be sent, and what the channel said of it."""

    id: str
    position: int | None
    channel: Channel
    purpose: Purpose
    address: str
    intended_at: datetime
    outcome: Outcome | None
    finished_at: datetime | None
    reference: str
    detail: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task that is not done; `error` is scrubbed of what it may tell of people."""

    id: str
    kind: str
    subject: str
    due_at: datetime
    attempts: int
    dead: bool
    error: str


@dataclass(frozen=True, slots=True)
class Next:
    """What the gateway will do by itself: `what` is a task's kind, or start, expiry or end of custody."""

    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CustodyLine:
    until: datetime | None
    extensions: tuple[Extension, ...]
    holds: tuple[Hold, ...]
    deposits: tuple[DepositLine, ...]
    queued: bool


@dataclass(frozen=True, slots=True)
class InBatch:
    """Where the transaction came in a batch; positions count from 1."""

    batch: str
    position: int


@dataclass(frozen=True, slots=True)
class Story:
    """Everything. `clear`: nothing in it is masked."""

    header: Header
    clear: bool
    rail: tuple[Stop, ...]
    recipients: tuple[RecipientLine, ...]
    documents: tuple[DocumentLine, ...]
    timeline: tuple[EventLine, ...]
    receipts: tuple[ReceiptLine, ...]
    evidence: tuple[EvidenceLine, ...]
    tasks: tuple[TaskLine, ...]
    custody: CustodyLine
    next: tuple[Next, ...]
    feedback: tuple[tuple[Queued, tuple[Attempt, ...]], ...]
    batches: tuple[InBatch, ...]
    certified_at: datetime | None
    packed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grave:
    """All that is left of a purged transaction, and the evidence of the purge."""

    tombstone: Tombstone
    issuer: Issuer
    evidence: tuple[EvidenceLine, ...]
