"""What the content certificate states: it, not the document, proves what happened. Facts only, no layout."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.errors import Text
from gateway.domain.evidence import EvidenceParty
from gateway.domain.recordings import CallData
from gateway.domain.templates import TemplateUse


class CodeFate(Enum):
    """What became of an operation code in the end."""

    USED = "USED"
    TRIES_SPENT = "TRIES_SPENT"
    REPLACED = "REPLACED"
    NOT_SENT = "NOT_SENT"
    UNKNOWN = "UNKNOWN"
    UNUSED = "UNUSED"


@dataclass(frozen=True, slots=True)
class CodeAudit:
    """The life of one operation code, which itself is never told. `address` is masked.

    `act` and `method` are the catalogue's words; `sent_at` is when the channel took it, `wrong_at` the
    failed tries, `used_at` the one that succeeded. Empty texts and None: it never came to that.
    """

    act: str
    method: str
    channel: str
    address: str
    requested_at: datetime
    fate: CodeFate
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    wrong_at: tuple[datetime, ...] = ()
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CertifiedRecipient:
    """A recipient and how they ended. `identifier_type` and `state` are the catalogue's words.

    `codes` is the audit of the sign method, oldest first. `role` and the `places` (from 1) of
    the documents that were theirs stand where the issuer made rules.
    """

    name: str
    identifier_type: str
    identifier: str
    email: str
    phone: str
    sign_method: str
    state: str
    decided_at: datetime | None = None
    reason: str = ""
    codes: tuple[CodeAudit, ...] = ()
    role: str = ""
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CertifiedCopy:
    """A signed copy: whose (a name), of what kind (PADES, XADES, DRAWN), and its raw SHA-256."""

    recipient: str
    kind: str
    sha256: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class CertifiedDocument:
    """SHA-256 digests are raw 32 octets; `stamped_sha256` is None when it ended before state 2.

    A recording lasts so many `milliseconds`; its `call` is what the issuer declared. `composed` is the kept
    template that it was made of.
    """

    name: str
    media_type: str
    size: int
    pages: int | None
    original_sha256: bytes
    stamped_sha256: bytes | None
    signed: tuple[CertifiedCopy, ...] = ()
    milliseconds: int | None = None
    call: CallData | None = None
    composed: TemplateUse | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The sealed evidence behind a timeline entry: its id, digest, and the time-stamp's genTime and TSA.

    `file` is its name among the printed certificate's attachments.
    """

    evidence_id: str
    event: str
    sha256: bytes
    stamped_at: datetime
    tsa: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event. `recipient` is a name or empty; `at` the event's time, `recorded_at` when it was kept."""

    at: datetime
    recorded_at: datetime
    kind: str
    label: Text
    recipient: str = ""
    details: tuple[tuple[str, str], ...] = ()
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class CertificateContent:
    """Everything the certificate says, for the XML and for the PDF alike. Instants are aware, UTC.

    `verification_code` is 128 bits in hexadecimal, printed in groups; `conditions_sha256` is of the
    general conditions' PDF in `language`. `verification_address` is the public page that shows this very
    certificate, with everything that it asks for. One of the `sandbox` certifies nothing, and says so.
    """

    guid: str
    external_id: str
    service: str
    service_title: Text
    subject: str
    language: str
    issuer: EvidenceParty
    recipients: tuple[CertifiedRecipient, ...]
    documents: tuple[CertifiedDocument, ...]
    timeline: tuple[TimelineEntry, ...]
    result: int
    result_text: Text
    received_at: datetime
    decided_at: datetime
    closed_at: datetime
    custody_until: datetime
    verification_code: str
    conditions_sha256: bytes | None
    provider: str
    digests_stamped_at: datetime | None = None
    digests_tsa: str = ""
    verification_address: str = ""
    sandbox: bool = False


class Relation(Enum):
    """What an attachment is to the printed certificate (ISO 32000-2, 7.11.3, AFRelationship)."""

    DATA = "Data"
    SOURCE = "Source"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the printed certificate. `at` is when it came to be; names are unique in one PDF."""

    name: str
    media_type: str
    description: str
    relation: Relation
    octets: bytes
    at: datetime
