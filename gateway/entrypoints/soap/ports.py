"""What the door needs from others, which the bootstrap brings together: checks and use cases.

Doors and technologies are blind to each other, so that the verification of signatures, schemas and
stores arrive here as callables.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.x509 import Certificate
from lxml import etree

from gateway.domain.batch import Batch, BatchPolicy, SpooledFile
from gateway.domain.cancellation import CancelCode
from gateway.domain.contact import Contact
from gateway.domain.custody import Extension
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind
from gateway.domain.listing import Listed, Wanted
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.retention import Duration
from gateway.domain.sandbox import Script
from gateway.domain.transaction import Transaction
from gateway.domain.validation import ValidationReport
from gateway.usecases.access_url import AccessUrl
from gateway.usecases.batches.queries import BatchReport, BatchView
from gateway.usecases.commands import RecordRejection, Reference, Submit
from gateway.usecases.results import (
    CertificateFile,
    DocumentFile,
    DocumentKind,
    EvidenceFile,
    ListPage,
    PackResult,
    SubmitReceipt,
    Timeline,
)
from gateway.usecases.sandbox.drive import Driven
from gateway.usecases.uploads.create import CreatedUpload


class SignedContent(Protocol):
    """What a verified WS-Security signature vouches for (see adapters/crypto/wsse_policy)."""

    @property
    def body(self) -> etree._Element: ...
    @property
    def certificate(self) -> Certificate: ...
    @property
    def certificate_sha256(self) -> bytes: ...
    @property
    def expires(self) -> datetime: ...
    @property
    def digest(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything that happens before an operation runs; each raises GatewayError or gives its result.

    `parse` gives the root of the one hardened parse; `verify` (envelope, now) the signed content; `trust`
    (certificate, at) checks chain, validity and revocation; `validate` an operation's schema;
    `issuer_of` (SHA-256 of the certificate) the one active issuer that it is registered for; `claim`
    (digest, seen at, expires at) is False for a message that was seen before, also before a restart.
    """

    parse: Callable[[bytes], etree._Element]
    verify: Callable[[etree._Element, datetime], SignedContent]
    trust: Callable[[Certificate, datetime], None]
    validate: Callable[[etree._Element], None]
    issuer_of: Callable[[bytes], Issuer | None]
    claim: Callable[[bytes, datetime, datetime], bool]
    now: Callable[[], datetime]


class Queries(Protocol):
    """What issuers ask about their own transactions; anybody else's are NOT_FOUND."""

    def events(self, issuer: Issuer, reference: Reference) -> Timeline: ...
    def documents(
        self, issuer: Issuer, reference: Reference, kind: DocumentKind
    ) -> Sequence[DocumentFile]: ...
    def evidence(self, issuer: Issuer, reference: Reference, evidence_id: str) -> Sequence[EvidenceFile]: ...
    def certificate(self, issuer: Issuer, reference: Reference, media_type: str) -> CertificateFile: ...


class SubmitsBatch(Protocol):
    def __call__(
        self,
        issuer: Issuer,
        external_id: str,
        spooled: SpooledFile,
        signer_sha256: str,
        policy: BatchPolicy,
        *,
        covered: bool,
        request_id: str,
    ) -> Batch: ...


@dataclass(frozen=True, slots=True)
class BatchOperations:
    """The use cases of batches. `get` takes the gateway's identifier, `by_external_id` the issuer's; `report`
    the position after which and how many; `uploaded` (issuer, handle, external id) gives an upload's file;
    `announce` (issuer, size, SHA-256) makes one, whose handle follows the address `uploads_at`.
    """

    submit: SubmitsBatch
    get: Callable[[Issuer, str], BatchView]
    by_external_id: Callable[[Issuer, str], BatchView]
    report: Callable[[Issuer, str, int, int], BatchReport]
    uploaded: Callable[[Issuer, str, str], SpooledFile]
    announce: Callable[[Issuer, int, bytes], CreatedUpload]
    uploads_at: str
    piece_size: int


@dataclass(frozen=True, slots=True)
class Handling:
    """What issuers do with transactions that are under way.

    `states` answers each identifier; `list_page` takes what is wanted, a page token and a limit; `correct` a
    position, a contact and a reason; `remind` a position and a channel, None for everybody's;
    `drive` a position, and what shall happen in the sandbox, after how much time;
    `access_url` a position and a return address ("": the transaction's).
    """

    states: Callable[[Issuer, Sequence[Reference]], Sequence[tuple[str, Listed | ErrorKind]]]
    list_page: Callable[[Issuer, Wanted, str, int], ListPage]
    correct: Callable[[Issuer, Reference, int, Contact, str], RecipientRecord]
    remind: Callable[[Issuer, Reference, int | None, Channel | None], Sequence[int]]
    drive: Callable[[Issuer, Reference, int, Script | None, Duration | None], Driven]
    access_url: Callable[[Issuer, Reference, int, str], AccessUrl]


@dataclass(frozen=True, slots=True)
class Operations:
    """The use cases behind the operations.

    `read` (element, octets by reference) turns a `transaction` into the domain's value, and
    `content_digest` gives the SHA-256 of its content; `cancel` takes reason and code; `verify` takes
    name, octets, time and companions, and
    `renders` are reports by `xml`, `pdf` and `text`; `extend_custody` how much, and the caller's token.
    """

    read: Callable[[etree._Element, Callable[[str], bytes]], Transaction]
    content_digest: Callable[[etree._Element], bytes]
    submit: Callable[[Submit], SubmitReceipt]
    reject: Callable[[RecordRejection], None]
    queries: Queries
    pack_of: Callable[[Issuer, Reference], PackResult]
    cancel: Callable[[Issuer, Reference, str, CancelCode | None], TransactionRecord]
    handling: Handling
    verify: Callable[[str, bytes, datetime | None, Mapping[str, bytes]], ValidationReport]
    renders: Mapping[str, Callable[[Sequence[ValidationReport], str], bytes]]
    extend_custody: Callable[[Issuer, Reference, Duration, str], Extension]
    batches: BatchOperations
