"""What use cases answer: frozen values that every door translates into its own language."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.consents import Consent
from gateway.domain.delivery import Channel
from gateway.domain.errors import Text
from gateway.domain.listing import Listed
from gateway.domain.parties import Issuer
from gateway.domain.record import (
    DocumentRecord,
    EventRecord,
    RecipientRecord,
    StoredEvidence,
    TransactionRecord,
)
from gateway.domain.results import RecipientState
from gateway.domain.states import State
from gateway.domain.voice import Call


@dataclass(frozen=True, slots=True)
class SubmitReceipt:
    """The stored answer of Submit: the same for every retry with the same content."""

    guid: str
    external_id: str
    state: State
    received_at: datetime
    content_digest: bytes
    request_id: str


@dataclass(frozen=True, slots=True)
class Status:
    """A transaction and its recipients, for GetState."""

    record: TransactionRecord
    recipients: tuple[RecipientRecord, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list; `next_page` is empty on the last one."""

    transactions: tuple[Listed, ...]
    next_page: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    record: TransactionRecord
    events: tuple[EventRecord, ...]


class DocumentKind(Enum):
    ORIGINAL = "ORIGINAL"
    STAMPED = "STAMPED"
    SIGNED = "SIGNED"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A document's octets; for a stamped copy or cover sheet `media_type` is application/pdf.

    `recipient` is the 0-based place of whoever signed a SIGNED copy.
    """

    document: DocumentRecord
    kind: DocumentKind
    media_type: str
    sha256: bytes
    octets: bytes
    recipient: int | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A sealed evidence; `octets` is empty while the evidence is only rendered."""

    evidence: StoredEvidence
    octets: bytes


@dataclass(frozen=True, slots=True)
class CertificateFile:
    media_type: str
    sha256: bytes
    octets: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PackResult:
    """The evidence pack (ASiC-E)."""

    guid: str
    sha256: bytes
    octets: bytes
    made_at: datetime


class Stage(Enum):
    """Where a recipient stands in the portal: which page comes next.

    SIGN types a code, CERTIFICATE and PAD take its place; READ is an acknowledged notification.
    """

    IDENTIFY = "IDENTIFY"
    CONDITIONS = "CONDITIONS"
    UNLOCK = "UNLOCK"
    DOCUMENTS = "DOCUMENTS"
    SIGN = "SIGN"
    FORMS = "FORMS"
    CERTIFICATE = "CERTIFICATE"
    PAD = "PAD"
    READ = "READ"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class PortalView:
    """Everything that a portal page may show to an identified recipient.

    `chosen` are the optional document groups that they ticked; `consents` is what they are asked beside the
    acceptance, and `ticked` the ids of those that they ticked.
    """

    stage: Stage
    record: TransactionRecord
    recipient: RecipientRecord
    issuer: Issuer
    documents: tuple[DocumentRecord, ...]
    service_title: Text
    chosen: frozenset[str] = frozenset()
    consents: tuple[Consent, ...] = ()
    ticked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConditionsView:
    """The general conditions as they are in force while a page shows them; `sha256` is their PDF's."""

    version: str
    sha256: str
    text: str

    @property
    def mark(self) -> str:
        """What the form that accepts these very conditions brings back."""
        return f"{self.version} {self.sha256}"


@dataclass(frozen=True, slots=True)
class PageView:
    """One page (from 0) of a document, and the documents beside it. `text` is what the page says, `width`
    and `height` are its picture's in pixels; one that is not `drawn` can only be downloaded."""

    document: DocumentRecord
    documents: tuple[DocumentRecord, ...]
    page: int
    pages: int
    drawn: bool
    text: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OwnOutcome:
    """What a recipient decided a moment ago, told to that recipient alone.

    `documents` are the names of those that it was about; `copied` says that a copy will come by e-mail.
    """

    state: RecipientState
    guid: str
    issuer_name: str
    return_url: str
    decided_at: datetime
    documents: tuple[str, ...] = ()
    copied: bool = False


@dataclass(frozen=True, slots=True)
class LinkView:
    """What the link alone shows, before anybody identified themself: no personal data."""

    issuer_name: str
    issuer_contact: str
    language: str
    identifier_label: Text
    locked_until: datetime | None
    test: bool = False


class SpeechState(Enum):
    """How the recording of a spoken acceptance stands; NONE where none is wanted."""

    NONE = "NONE"
    AWAITED = "AWAITED"
    KEPT = "KEPT"
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class CodeStatus:
    """How the last requested code stands. `masked_phone` shows the last three digits.

    `channel` is the last code's, or the one that the next would take; `can_call` says whether a call may
    be asked for in place of an SMS, `spoken` whether the yes has to be said in it.
    """

    requested: bool
    sent: bool
    failed: bool
    masked_phone: str
    sends_left: int
    attempts_left: int
    expires_at: datetime | None
    channel: Channel = Channel.SMS
    call: Call | None = None
    can_call: bool = False
    spoken: bool = False
    speech: SpeechState = SpeechState.NONE
