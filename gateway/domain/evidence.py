"""What an evidence states: the facts of one event, before any XML or signature.

Words are those of ETSI EN 319 522; URIs under `urn:fehaciente:` are ours, where ETSI publishes none.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

ETSI = "http://uri.etsi.org/19522/Event/"
OURS = "urn:fehaciente:event:1.0:"


class ErdsEvent(StrEnum):
    """Event identifiers: EN 319 522-2 table of events, and our own namespace for the rest."""

    SUBMISSION_ACCEPTANCE = ETSI + "SubmissionAcceptance"
    SUBMISSION_REJECTION = ETSI + "SubmissionRejection"
    NOTIFICATION_FOR_ACCEPTANCE = ETSI + "NotificationForAcceptance"
    NOTIFICATION_FOR_ACCEPTANCE_FAILURE = ETSI + "NotificationForAcceptanceFailure"
    RELAY_TO_NON_ERDS = ETSI + "RelayToNonERDS"
    RELAY_TO_NON_ERDS_FAILURE = ETSI + "RelayToNonERDSFailure"
    RECEIVED_FROM_NON_ERDS = ETSI + "ReceivedFromNonERDS"
    NOTIFICATION_DELIVERED = ETSI + "NotificationDelivered"
    NOTIFICATION_ACCESS_TRACKING = ETSI + "NotificationAccessTracking"
    CONTENT_CONSIGNMENT = ETSI + "ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = ETSI + "ContentConsignmentFailure"
    CONSIGNMENT_NOTIFICATION = ETSI + "ConsignmentNotification"
    CONSIGNMENT_NOTIFICATION_FAILURE = ETSI + "ConsignmentNotificationFailure"
    CONTENT_ACCESS_TRACKING = ETSI + "ContentAccessTracking"
    CONTENT_HANDOVER = ETSI + "ContentHandover"
    CONTENT_HANDOVER_FAILURE = ETSI + "ContentHandoverFailure"
    CONSIGNMENT_ACCEPTANCE = ETSI + "ConsignmentAcceptance"
    CONSIGNMENT_REJECTION = ETSI + "ConsignmentRejection"
    ACCEPTANCE_REJECTION_EXPIRY = ETSI + "AcceptanceRejectionExpiry"
    SIGNED = OURS + "Signed"
    ACCEPTED = OURS + "Accepted"
    READ = OURS + "Read"
    DELIVERY_DELAYED = OURS + "DeliveryDelayed"
    DELIVERY_ATTEMPTED = OURS + "DeliveryAttempted"
    MESSAGE_OPENED = OURS + "MessageOpened"
    MESSAGE_FETCHED = OURS + "MessageFetched"
    LINK_CLICKED = OURS + "LinkClicked"
    CODE_DELIVERED = OURS + "CodeDelivered"
    CODE_UNDELIVERED = OURS + "CodeUndelivered"
    COMMUNICATION_CONCLUDED = OURS + "CommunicationConcluded"
    SPOKEN_ACCEPTANCE = OURS + "SpokenAcceptance"
    CALL_ANSWERED = OURS + "CallAnswered"
    CALL_ATTEMPTED = OURS + "CallAttempted"
    CALL_RECORDED = OURS + "CallRecorded"
    CALL_HELD = OURS + "CallHeld"
    CALL_NOT_HELD = OURS + "CallNotHeld"
    DECLINED = OURS + "Declined"
    CANCELLED = OURS + "Cancelled"
    WITHDRAWN = OURS + "Withdrawn"
    EXPIRED = OURS + "Expired"
    CODE_ATTEMPTS_EXCEEDED = OURS + "CodeAttemptsExceeded"
    CLOSED_BY_OPERATOR = OURS + "ClosedByOperator"
    RECIPIENT_CORRECTED = OURS + "RecipientCorrected"
    CONTACT_BLOCKED = OURS + "ContactBlocked"
    PUBLISHED = OURS + "Published"
    PUBLICATION_CHECKED = OURS + "PublicationChecked"
    PUBLICATION_INTERRUPTED = OURS + "PublicationInterrupted"
    PUBLICATION_ENDED = OURS + "PublicationEnded"
    TAKEN_INTO_CUSTODY = OURS + "TakenIntoCustody"
    CUSTODY_EXTENDED = OURS + "CustodyExtended"
    PURGED = OURS + "Purged"


@dataclass(frozen=True, slots=True)
class EvidenceParty:
    """A submitter or recipient as the evidence names them.

    `scheme` is the type of `identifier` (NIF, CIF, NIE, PASSPORT, …); `electronic_address` a mailto:
    or tel: URI.
    """

    name: str
    identifier: str = ""
    scheme: str = ""
    kind: str = "PERSON"
    electronic_address: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceDocument:
    """One document: SHA-256 (raw 32 bytes) of the original, and of the stamped copy once it exists."""

    name: str
    media_type: str
    size: int
    original_sha256: bytes
    stamped_sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """Everything one evidence says.

    `recipients` may be empty (custody services); `refers_to` is the 0-based index of the recipient
    that the event is about, if it is about one. `event_time` is aware and UTC. `details` are (name,
    value) pairs in our own extension: sign method, code audit, channel, reference of a relay, reason.
    What is of the `sandbox` is a test and proves nothing, and the evidence says so.
    """

    evidence_id: str
    event: ErdsEvent
    event_time: datetime
    guid: str
    external_id: str
    service: str
    issuer: EvidenceParty
    recipients: tuple[EvidenceParty, ...]
    documents: tuple[EvidenceDocument, ...]
    submitted_at: datetime
    refers_to: int | None = None
    result: int | None = None
    details: tuple[tuple[str, str], ...] = field(default=())
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class SealedEvidence:
    """A signed and time-stamped evidence: its octets, the signer and the TSA's genTime (aware, UTC)."""

    octets: bytes
    signer_subject: str
    signer_sha256: str
    stamped_at: datetime
