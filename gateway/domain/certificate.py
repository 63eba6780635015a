"""What the content certificate states: it, not the document, proves what happened. Facts only, no layout."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.errors import Text
from gateway.domain.evidence import EvidenceParty


@dataclass(frozen=True, slots=True)
class CertifiedRecipient:
    """A recipient and how they ended. `identifier_type` and `state` are the catalogue's words."""

    name: str
    identifier_type: str
    identifier: str
    email: str
    phone: str
    sign_method: str
    state: str
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CertifiedDocument:
    """SHA-256 digests are raw 32 octets; `stamped_sha256` is None when it ended before state 2."""

    name: str
    media_type: str
    size: int
    pages: int | None
    original_sha256: bytes
    stamped_sha256: bytes | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The sealed evidence behind a timeline entry: its id, digest, and the time-stamp's genTime and TSA."""

    evidence_id: str
    event: str
    sha256: bytes
    stamped_at: datetime
    tsa: str = ""


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
    general conditions' PDF in `language`.
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
