"""What the gateway keeps of a transaction: its row, recipients, documents, events and evidence.

These are plain frozen values; stores convert rows into them by hand and never hand out rows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.catalogue import CATALOGUE, Profile, Service
from gateway.domain.evidence import ErdsEvent
from gateway.domain.parties import Recipient
from gateway.domain.results import RecipientState, Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.transaction import Transaction


@dataclass(frozen=True, slots=True)
class DataKey:
    """A transaction's own data key, wrapped by the key-encryption key `kek_id`; never in clear."""

    kek_id: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class CondemnedKek:
    """A key-encryption key that wrapped a destroyed data key; copies of that one open until it dies.

    `seen_at` begins the wait for others of its cohort; at `emptied_at` the last survivor was wrapped anew.
    """

    kek_id: str
    seen_at: datetime | None = None
    emptied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """The row of a transaction. `asked` holds what the issuer said, without document contents.

    `custody_until` is set at 12. Instants are aware and UTC. `lane` is that of its tasks. Everything of a
    `sandbox` transaction is a test.
    """

    guid: str
    issuer: int
    external_id: str
    content_digest: bytes
    service: Service
    state: State
    result: Result
    subject: str
    language: str
    received_at: datetime
    start_at: datetime
    close_at: datetime
    updated_at: datetime
    request_id: str
    signer_sha256: str
    raw_sha256: bytes
    default_sign_method: SignMethod
    asked: Transaction
    custody_until: datetime | None = None
    lane: int = 0
    sandbox: bool = False

    @property
    def profile(self) -> Profile:
        return CATALOGUE[self.service]


@dataclass(frozen=True, slots=True)
class RecipientRecord:
    """One recipient's own progress. `position` is 0-based, in the order of the transaction.

    `link_digest` is the SHA-256 of the access link's token; `failures` counts wrong identifiers since
    the last success, `locked_until` ends the pause that they cause. `series` counts the notices that were
    asked for again, `link_version` the corrections of the contact, each of which makes another link;
    `corrected_at` is the last one's instant, before which no code counts. `answered_at` is when they
    last filled the issuer's form, `acknowledged_at` when they acknowledged a notification, which they may
    read from then on.
    """

    guid: str
    position: int
    asked: Recipient
    sign_method: SignMethod
    state: RecipientState = RecipientState.PENDING
    result: Result = Result.PENDING
    link_digest: bytes | None = None
    failures: int = 0
    locked_until: datetime | None = None
    conditions_at: datetime | None = None
    unlocked_at: datetime | None = None
    decided_at: datetime | None = None
    reason: str = ""
    series: int = 0
    link_version: int = 0
    corrected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document: digests (SHA-256, 32 bytes) that also name its blobs; `stamped_*` from state 2 on."""

    guid: str
    position: int
    id: str
    name: str
    media_type: str
    size: int
    original_sha256: bytes
    pages: int | None = None
    signed: bool = False
    stamped_sha256: bytes | None = None
    stamped_size: int | None = None


class SignedKind(Enum):
    """How a signed copy came about: by the recipient's own certificate, or with their drawn signature."""

    PADES = "PADES"
    XADES = "XADES"
    DRAWN = "DRAWN"


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A recipient's signed copy of a document. Places are 0-based; the blob is named by its SHA-256."""

    guid: str
    document: int
    recipient: int
    kind: SignedKind
    media_type: str
    sha256: bytes
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One entry of the timeline. `kind` is an `Event` value or a note's own word (IDENTIFIER_WRONG…).

    `at` is the event's time, `recorded_at` when the gateway learnt of it.
    """

    guid: str
    sequence: int
    id: str
    kind: str
    state: State
    position: int | None
    at: datetime
    recorded_at: datetime
    details: tuple[tuple[str, str], ...] = ()


class EvidenceStatus(Enum):
    RENDERED = "RENDERED"
    SEALED = "SEALED"


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """An evidence from its intent (rendered, under the data key) to its proof (sealed).

    `owner` is the GUID, or the request id of a refused submission. `body` is ciphertext: of the rendered
    octets while RENDERED, of the sealed ones afterwards; `rendered_sha256` is of the clear octets.
    """

    id: str
    owner: str
    position: int | None
    event: ErdsEvent
    event_time: datetime
    status: EvidenceStatus
    rendered_sha256: bytes
    body: bytes
    sealed_sha256: bytes | None = None
    stamped_at: datetime | None = None
    signer_sha256: str = ""


@dataclass(frozen=True, slots=True)
class DigestStamp:
    """The RFC 3161 time-stamp over a transaction's digest manifest, queued for deposit from state 3."""

    guid: str
    manifest: bytes
    token: bytes
    stamped_at: datetime
    tsa: str


@dataclass(frozen=True, slots=True)
class CertificateRecord:
    """The content certificate, under the data key; digests are of the clear octets."""

    guid: str
    xml: bytes
    xml_sha256: bytes
    pdf: bytes
    pdf_sha256: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused submission that could be attributed to an issuer: no GUID, no claim on the external id."""

    request_id: str
    issuer: int
    code: str
    detail: str
    received_at: datetime
    raw_sha256: bytes
    signer_sha256: str


class TaskState(Enum):
    READY = "READY"
    DONE = "DONE"
    DEAD = "DEAD"


INTERACTIVE, BULK = 0, 1


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the outbox. `subject` names what it is about (a position, an id), never a secret.

    `fence` grows with every claim: what a worker writes counts only while its fence is the newest.
    The `lane` is INTERACTIVE, or BULK for the work of batches, which comes behind.
    """

    id: str
    kind: str
    guid: str
    subject: str
    due_at: datetime
    attempts: int = 0
    fence: int = 0
    state: TaskState = TaskState.READY
    last_error: str = ""
    lane: int = INTERACTIVE
