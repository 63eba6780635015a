"""What use cases need from the outside, as narrow Protocols. Adapters implement them; nothing here runs.

A `UnitOfWork` is one database transaction: what is not committed never happened. Every compare-and-set
returns whether this caller won.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from gateway.domain.certificate import CertificateContent
from gateway.domain.delivery import Channel, Effect, Message, Receipt
from gateway.domain.documents import Template
from gateway.domain.evidence import EvidenceFacts, SealedEvidence
from gateway.domain.guid import Guid
from gateway.domain.parties import Issuer
from gateway.domain.record import (
    CertificateRecord,
    DataKey,
    DigestStamp,
    DocumentRecord,
    EventRecord,
    RecipientRecord,
    Rejection,
    StoredEvidence,
    Task,
    TransactionRecord,
)
from gateway.domain.results import Result
from gateway.domain.signing import Challenge
from gateway.domain.states import State


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware and UTC."""


class Issuers(Protocol):
    def add(self, issuer: Issuer) -> None: ...
    def get(self, number: int) -> Issuer | None: ...
    def all(self) -> Sequence[Issuer]: ...
    def set_active(self, number: int, active: bool) -> bool: ...
    def add_certificate(self, number: int, sha256: bytes, der: bytes, at: datetime) -> None: ...
    def by_certificate(self, sha256: bytes) -> Issuer | None:
        """The one active issuer that this certificate is registered for."""


class Transactions(Protocol):
    def add(self, record: TransactionRecord) -> bool:
        """Insert; False when (issuer, external_id) is taken. The unit of work stays usable."""

    def get(self, guid: str) -> TransactionRecord | None: ...
    def lock(self, guid: str) -> TransactionRecord | None:
        """As `get`, and nobody else changes the row until this unit of work ends."""

    def by_external_id(self, issuer: int, external_id: str) -> TransactionRecord | None: ...
    def move(
        self,
        guid: str,
        origin: State,
        to: State,
        at: datetime,
        result: Result | None = None,
        custody_until: datetime | None = None,
    ) -> bool:
        """Compare-and-set of the state. None leaves result and custody as they are."""

    def expired(self, before: datetime, limit: int) -> Sequence[str]:
        """GUIDs in a state below 10 whose `close_at` is earlier than `before`."""


class Recipients(Protocol):
    def add(self, records: Iterable[RecipientRecord]) -> None: ...
    def of(self, guid: str) -> Sequence[RecipientRecord]: ...
    def by_link(self, link_digest: bytes) -> RecipientRecord | None: ...
    def replace(self, before: RecipientRecord, after: RecipientRecord) -> bool:
        """Compare-and-set of the whole progress: only while the row still equals `before`."""


class Documents(Protocol):
    def add(self, records: Iterable[DocumentRecord]) -> None: ...
    def of(self, guid: str) -> Sequence[DocumentRecord]: ...
    def set_stamped(self, guid: str, position: int, sha256: bytes, size: int) -> None: ...


class Events(Protocol):
    def add(self, record: EventRecord) -> None: ...
    def of(self, guid: str) -> Sequence[EventRecord]:
        """In order of sequence."""

    def next_sequence(self, guid: str) -> int: ...


class Evidences(Protocol):
    def add(self, evidence: StoredEvidence) -> None: ...
    def get(self, evidence_id: str) -> StoredEvidence | None: ...
    def of(self, owner: str) -> Sequence[StoredEvidence]:
        """In order of event time, then of insertion."""

    def publish(self, evidence: StoredEvidence) -> bool:
        """Compare-and-set from RENDERED to SEALED: exactly one signature is ever published."""


class Keys(Protocol):
    def add(self, owner: str, key: DataKey) -> None: ...
    def get(self, owner: str) -> DataKey:
        """Raises GatewayError(NOT_FOUND) once destroyed or never made."""


class Tasks(Protocol):
    def add(self, task: Task) -> None: ...
    def waiting(self, now: datetime) -> bool:
        """Whether `claim` would find a task: a look that takes no lock."""

    def claim(self, now: datetime, lease_until: datetime, limit: int) -> Sequence[Task]:
        """Take due tasks whose lease is free: attempts and fence grow by one, compare-and-set."""

    def complete(self, task: Task) -> bool:
        """READY to DONE while the fence is still ours."""

    def release(self, task: Task, due_at: datetime, error: str, *, count: bool) -> bool:
        """Give back for a later try; `count=False` takes the attempt back (it was no failure)."""

    def bury(self, task: Task, error: str) -> bool:
        """To the dead-letter state, that support sees."""

    def dead(self, limit: int) -> Sequence[Task]: ...
    def revive(self, task_id: str, due_at: datetime) -> bool: ...
    def reap(self, now: datetime) -> int:
        """Free leases that ended (their workers died); how many."""


class Effects(Protocol):
    def intend(self, effect: Effect) -> bool:
        """Insert the intent row; False when this id exists already."""

    def get(self, effect_id: str) -> Effect | None: ...
    def of(self, guid: str) -> Sequence[Effect]: ...
    def finish(self, effect_id: str, receipt: Receipt) -> bool:
        """Compare-and-set of the result row, once."""


class Challenges(Protocol):
    def add(self, challenge: Challenge) -> None: ...
    def get(self, challenge_id: str) -> Challenge | None: ...
    def of(self, guid: str, position: int) -> Sequence[Challenge]:
        """Oldest first."""

    def replace(self, before: Challenge, after: Challenge) -> bool:
        """Compare-and-set on the whole row."""


class Certificates(Protocol):
    def add(self, certificate: CertificateRecord) -> bool:
        """Insert; False when the transaction has one."""

    def get(self, guid: str) -> CertificateRecord | None: ...


class Stamps(Protocol):
    def add(self, stamp: DigestStamp) -> None: ...
    def get(self, guid: str) -> DigestStamp | None: ...


class Rejections(Protocol):
    def add(self, rejection: Rejection) -> None: ...


class Replays(Protocol):
    def claim(self, digest: bytes, seen_at: datetime, expires_at: datetime) -> bool:
        """Insert; False when it was seen before."""

    def purge(self, now: datetime) -> int: ...


class UnitOfWork(Protocol):
    """All stores, over one transaction. Leaving without `commit()` rolls back."""

    @property
    def issuers(self) -> Issuers: ...
    @property
    def transactions(self) -> Transactions: ...
    @property
    def recipients(self) -> Recipients: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def events(self) -> Events: ...
    @property
    def evidences(self) -> Evidences: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def effects(self) -> Effects: ...
    @property
    def challenges(self) -> Challenges: ...
    @property
    def certificates(self) -> Certificates: ...
    @property
    def stamps(self) -> Stamps: ...
    @property
    def rejections(self) -> Rejections: ...
    @property
    def replays(self) -> Replays: ...

    def commit(self) -> None:
        """Make everything durable (synced) before it returns."""


class Database(Protocol):
    def write(self, *, synced: bool = True) -> AbstractContextManager[UnitOfWork]:
        """A unit of work that may change rows (BEGIN IMMEDIATE on SQLite).

        Not `synced`: a loss of power may undo it, as if it had never been; leases bear that.
        """

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work that only reads a consistent picture."""


class GuidSource(Protocol):
    def next(self, issuer: int) -> Guid: ...


class Vault(Protocol):
    """Blobs and columns, encrypted under each transaction's own data key (AES-256-GCM)."""

    def new_key(self) -> DataKey: ...
    def put(self, owner: str, key: DataKey, blobs: Iterable[bytes]) -> Sequence[bytes]:
        """Write and sync (files and folder) before returning the SHA-256 of each, which names it."""

    def get(self, owner: str, key: DataKey, sha256: bytes) -> bytes:
        """The clear octets, digest verified. Raises GatewayError(INTERNAL) when they are not the same."""

    def protect(self, key: DataKey, octets: bytes, context: str) -> bytes: ...
    def reveal(self, key: DataKey, ciphertext: bytes, context: str) -> bytes: ...


class Paper(Protocol):
    """Everything done to documents."""

    def inspect(self, octets: bytes, media_type: str) -> tuple[int | None, bool]:
        """Pages and whether it is signed. Raises DOCUMENT_BROKEN, _ENCRYPTED or _TOO_LARGE."""

    def compose(self, template: Template, title: str) -> bytes: ...
    def stamp(self, record: TransactionRecord, document: DocumentRecord, octets: bytes) -> bytes:
        """The stamped copy, or the stamped cover sheet of what is not a PDF. Deterministic."""

    def certificate_pdf(self, content: CertificateContent) -> bytes: ...
    def certificate_xml(self, content: CertificateContent) -> bytes:
        """Unsigned; the sealer makes it evidence."""


class Sealer(Protocol):
    def render(self, facts: EvidenceFacts) -> bytes:
        """The ERDS evidence of EN 319 522-3, unsigned and deterministic."""

    def seal(self, rendered: bytes) -> SealedEvidence:
        """XAdES baseline-T over exactly these octets, verified against them before it is given out.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE when no TSA answers, SIGNATURE_INVALID when what
        came out does not verify.
        """

    def timestamp(self, octets: bytes) -> tuple[bytes, datetime, str]:
        """RFC 3161 token over the SHA-256 of `octets`: DER, genTime, the TSA's name."""


class Courier(Protocol):
    """One channel."""

    def send(self, message: Message) -> Receipt:
        """Hand over. Raises `ConnectionError` only when nothing can have left."""

    def find(self, message_id: str) -> Receipt | None:
        """What became of a message after a crash, where the channel can tell; None where it cannot."""


Couriers = Mapping[Channel, Courier]


class Notices(Protocol):
    """The texts of every message, in both languages."""

    def notice(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        link: str,
    ) -> Message: ...
    def code(
        self,
        effect_id: str,
        record: TransactionRecord,
        recipient: RecipientRecord,
        issuer: Issuer,
        channel: Channel,
        code: str,
    ) -> Message: ...


class Codes(Protocol):
    """Operation codes and link tokens: drawn by a CSPRNG, kept only as keyed hashes."""

    def draw(self) -> str:
        """Six digits."""

    def key_id(self) -> str: ...
    def digest(self, key_id: str, challenge_id: str, code: str) -> bytes: ...
    def link_token(self, guid: str, position: int) -> str:
        """The token of a recipient's access link: 256 bits, URL-safe, the same for every notice."""

    def token_digest(self, token: str) -> bytes: ...
    def verification_code(self, guid: str) -> str:
        """What a certificate prints for the public page: 128 bits in hexadecimal, the same each time."""


class Conditions(Protocol):
    """The general conditions that a recipient accepts."""

    def pdf(self, language: str) -> bytes: ...


Wake = Callable[[], None]
"""Tell local workers that a task is due. Losing a call loses nothing: they also look by themselves."""

Audit = Callable[[str, str], object]
"""Append to the hash-chained trail: what an operator did, and to what; both opaque words."""
