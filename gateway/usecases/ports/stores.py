"""What is kept, one Protocol a kind of row. Every compare-and-set returns whether this caller won."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.brand import Look
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Effect, Receipt
from gateway.domain.parties import Issuer
from gateway.domain.record import (
    CertificateRecord,
    DataKey,
    DigestStamp,
    DocumentRecord,
    EventRecord,
    RecipientRecord,
    Rejection,
    SignedFile,
    StoredEvidence,
    Task,
    TransactionRecord,
)
from gateway.domain.results import Result
from gateway.domain.signing import Challenge
from gateway.domain.states import State


class Issuers(Protocol):
    def add(self, issuer: Issuer) -> None: ...
    def get(self, number: int) -> Issuer | None: ...
    def all(self) -> Sequence[Issuer]: ...
    def set_active(self, number: int, active: bool) -> bool: ...
    def set_profile(self, issuer: Issuer) -> bool: ...
    def add_certificate(self, number: int, sha256: bytes, der: bytes, at: datetime) -> None: ...
    def retire_certificate(self, number: int, sha256: bytes, at: datetime) -> bool: ...
    def by_certificate(self, sha256: bytes) -> Issuer | None:
        """The one active issuer that this certificate is registered for."""


class Brands(Protocol):
    """Issuers' looks; reading an issuer brings its look along."""

    def put(self, issuer: int, look: Look, logo: bytes, at: datetime) -> None: ...
    def logo(self, sha256: str) -> bytes | None:
        """The PNG of that name (hexadecimal), whosever it is."""


class Transactions(Protocol):
    def add(self, record: TransactionRecord) -> bool:
        """Insert; False when (issuer, external_id) is taken. The unit of work stays usable."""

    def get(self, guid: str) -> TransactionRecord | None: ...
    def own(self, guid: str, issuer: int) -> TransactionRecord | None:
        """The issuer's own; another's costs what one that never was costs."""

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

    def awaited(self, service: Service, now: datetime, limit: int) -> Sequence[str]:
        """GUIDs of the service in state 3 whose `close_at` is later than `now`, the first to end first."""


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


class SignedFiles(Protocol):
    def add(self, files: Iterable[SignedFile]) -> None:
        """A second copy of one document by one recipient raises GatewayError(INTERNAL)."""

    def of(self, guid: str) -> Sequence[SignedFile]:
        """By document, then by recipient."""


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

    def rendered(self, owner: str) -> Sequence[str]:
        """The ids of what is not sealed yet, in the order of `of`."""

    def publish(self, evidence: StoredEvidence) -> bool:
        """Compare-and-set from RENDERED to SEALED: exactly one signature is ever published."""


class Keys(Protocol):
    def add(self, owner: str, key: DataKey) -> None: ...
    def get(self, owner: str) -> DataKey:
        """Raises GatewayError(NOT_FOUND) once destroyed or never made."""

    def find(self, owner: str) -> DataKey | None: ...
    def destroy(self, owner: str) -> bool:
        """Forget the owner's data key for good; False when there is none.

        Copies of the row in old backups open as long as their key-encryption key lives, so that key is
        condemned in the same unit of work: `Shred` destroys it.
        """

    def wrapped_by(self, kek_id: str, limit: int) -> Sequence[tuple[str, DataKey]]:
        """Some owners whose data key that key-encryption key wraps, with it."""

    def rewrap(self, owner: str, before: DataKey, after: DataKey) -> bool:
        """Compare-and-set of the wrapping: only while the key-encryption key is still `before`'s."""

    def page(self, after: str, limit: int) -> Sequence[tuple[str, DataKey]]:
        """Owners in order, from the first one after `after`."""


class Tasks(Protocol):
    def add(self, task: Task) -> None: ...
    def waiting(self, now: datetime, *, bulk: bool = True) -> bool:
        """Whether `claim` would find a task, or without `bulk` an INTERACTIVE one; it takes no lock."""

    def claim(self, now: datetime, lease_until: datetime, limit: int, bulk: int | None = 0) -> Sequence[Task]:
        """Take due tasks whose lease is free: attempts and fence grow by one, compare-and-set.

        INTERACTIVE ones come first, and BULK ones have what these leave; so many places as `bulk` are BULK
        tasks' before (None: they get none). Whoever claims again and again gives them one now and then,
        lest they starve.
        """

    def prolong(self, task: Task, lease_until: datetime) -> bool:
        """Keep a task for longer, while the fence is still ours."""

    def complete(self, task: Task) -> bool:
        """READY to DONE while the fence is still ours."""

    def release(self, task: Task, due_at: datetime, error: str, *, count: bool) -> bool:
        """Give back for a later try; `count=False` takes the attempt back (it was no failure)."""

    def hold(self, task: Task, until: datetime, error: str) -> bool:
        """Give back for a try not before `until`, in its old place of the queue, the attempt not counted."""

    def bury(self, task: Task, error: str) -> bool:
        """To the dead-letter state, that support sees."""

    def bury_all(self, kind: str, error: str) -> int:
        """Every one of a kind that is not done, whoever has it; how many."""

    def dead(self, limit: int) -> Sequence[Task]: ...
    def revive(self, task_id: str, due_at: datetime) -> bool: ...
    def forget_done(self, before: datetime, limit: int) -> int:
        """Delete some that are done and were due before then; what is dead stays. How many."""

    def reap(self, now: datetime) -> int:
        """Free leases that ended (their workers died); how many."""


class GuidBlocks(Protocol):
    def skip(self, leap: int) -> int:
        """Let every issuer's sequence go on so much further; how many issuers there are."""


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
    def get(self, request_id: str) -> Rejection | None:
        """Raises GatewayError(KEY_DESTROYED) when nothing opens what it tells any more."""

    def ended(
        self, before: datetime, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[tuple[datetime, str]]:
        """Instant of receipt and request id of those received before an instant, in order, beyond `after`."""

    def remove(self, request_id: str) -> bool:
        """Whether this caller deleted the row; a rival that has deleted it uncommitted is waited for."""


class Replays(Protocol):
    def claim(self, digest: bytes, seen_at: datetime, expires_at: datetime) -> bool:
        """Insert; False when it was seen before."""

    def purge(self, now: datetime) -> int: ...
