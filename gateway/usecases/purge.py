"""The end of custody: everything of a transaction is destroyed, and a tombstone says so.

One commit deletes its rows, destroys its data key and leaves the tombstone with its evidence, still to be
sealed; the blobs, which nothing opens any more, go afterwards, and the sweep takes what a crash leaves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from gateway.domain.custody import WORD, PurgeReason, Tombstone, commitment
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent, EvidenceFacts
from gateway.domain.record import CertificateRecord, EvidenceStatus, TransactionRecord
from gateway.domain.states import State
from gateway.usecases.facts import issuer_of, issuer_party
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork, Vault, Wake

PAGE = 100


class Obstacle(StrEnum):
    """Why a transaction is not purged, or not yet."""

    OPEN = "OPEN"
    IN_CUSTODY = "IN_CUSTODY"
    ON_HOLD = "ON_HOLD"
    UNDER_CONTRACT = "UNDER_CONTRACT"
    NOT_SEALED = "NOT_SEALED"
    NOT_DEPOSITED = "NOT_DEPOSITED"
    KEY_DESTROYED = "KEY_DESTROYED"
    # Its rows do not open, as the re-verification tells: it is left, and keeps no other.
    UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transaction, or a refused submission by its request id, whose custody is over; without an obstacle
    it may be purged."""

    guid: str
    custody_until: datetime | None
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Purge:
    """`offset`: how far clocks may differ; nothing is purged before it has passed after the end."""

    database: Database
    vault: Vault
    journal: Journal
    codes: Codes
    clock: Clock
    wake: Wake
    offset: timedelta

    def __call__(self) -> int:
        """Purge what is due, each in its own commit; how many. One that fails keeps no other."""
        purged, failures = 0, list[Exception]()
        for candidate in self.candidates():
            try:
                if candidate.obstacle is Obstacle.KEY_DESTROYED:
                    self._erase_again(candidate.guid)
                purged += candidate.obstacle is None and self._purge(candidate.guid, "") is not None
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return purged

    def by_order(self, guid: str, order: str) -> Tombstone:
        """Purge one, naming the order (an opaque word). It speeds nothing up: custody must be over.

        Raises GatewayError NOT_FOUND, PURGED, or RULE_BROKEN with the obstacle.
        """
        if not WORD.fullmatch(order):
            raise GatewayError(ErrorKind.RULE_BROKEN, "an order is named by one opaque word")
        tombstone = self._purge(guid, order)
        if tombstone is None:
            with self.database.read() as uow:
                record = uow.transactions.get(guid)
                if record is None:
                    purged = uow.tombstones.get(guid) is not None
                    raise GatewayError(ErrorKind.PURGED if purged else ErrorKind.NOT_FOUND)
                obstacle = self._obstacle(uow, record)
            raise GatewayError(ErrorKind.RULE_BROKEN, obstacle.value if obstacle else "try again")
        return tombstone

    def candidates(self) -> Iterator[Candidate]:
        """Everything whose custody is over and that is not on hold, in constant memory."""
        last = ""
        while True:
            with self.database.read() as uow:
                guids = uow.custody.ended(self.clock.now() - self.offset, last, PAGE)
                found = [self._candidate(uow, guid) for guid in guids]
            yield from found
            if len(found) < PAGE:
                return
            last = found[-1].guid

    def _candidate(self, uow: UnitOfWork, guid: str) -> Candidate:
        try:
            record = uow.transactions.get(guid)
        except GatewayError as error:
            if error.kind is ErrorKind.KEY_DESTROYED:
                return Candidate(guid, None, Obstacle.KEY_DESTROYED)
            if error.kind is ErrorKind.INTERNAL:
                return Candidate(guid, None, Obstacle.UNREADABLE)
            raise
        if record is None:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        return Candidate(guid, record.custody_until, self._obstacle(uow, record))

    def _obstacle(self, uow: UnitOfWork, record: TransactionRecord) -> Obstacle | None:
        guid, until = record.guid, record.custody_until
        if record.state is not State.CLOSED or until is None:
            return Obstacle.OPEN
        if until + self.offset >= self.clock.now():
            return Obstacle.IN_CUSTODY
        if any(hold.released_at is None for hold in uow.holds.of(guid)):
            return Obstacle.ON_HOLD
        contract = uow.custody.contract(record.issuer)
        if contract is not None and contract.until > until:
            return Obstacle.UNDER_CONTRACT
        if uow.certificates.get(guid) is None or uow.tombstones.has_work(guid) or _rendered(uow, guid):
            return Obstacle.NOT_SEALED
        return Obstacle.NOT_DEPOSITED if uow.tombstones.undeposited(guid) else None

    def _purge(self, guid: str, order: str) -> Tombstone | None:
        """None when something stands in the way, or somebody else was first."""
        key = self.vault.new_key()
        with self.database.write() as uow:
            record = uow.transactions.lock(guid)
            if record is None or self._obstacle(uow, record) is not None:
                return None
            tombstone = self._tombstone(
                uow, record, PurgeReason.ORDER if order else PurgeReason.END_OF_CUSTODY
            )
            facts = _facts(uow, record, tombstone, order)
            uow.tombstones.erase(guid)
            uow.keys.destroy(guid)
            uow.tombstones.add(tombstone)
            uow.keys.add(tombstone.owner, key)
            self.journal.intend(uow, facts, tombstone.owner, key)
            uow.audit.append("transaction-purged", guid)
            uow.commit()
        self.vault.forget(guid)
        self.wake()
        return tombstone

    def _erase_again(self, guid: str) -> None:
        """A restored backup brought back rows that were purged, and that nothing opens: away with them.

        Their tombstone was left by the first purge. A row without any data key is no such thing, and stays.
        """
        with self.database.write() as uow:
            if uow.keys.find(guid) is None:
                return
            uow.tombstones.erase(guid)
            if not uow.keys.destroy(guid):
                # Another node was first.
                return
            uow.audit.append("transaction-erased-again", guid)
            uow.commit()
        self.vault.forget(guid)

    def _tombstone(self, uow: UnitOfWork, record: TransactionRecord, reason: PurgeReason) -> Tombstone:
        certificate = uow.certificates.get(record.guid)
        if certificate is None:
            raise ValueError("only what is certified is purged")
        digests = proof_digests(uow, record.guid, certificate)
        return Tombstone(
            guid=record.guid,
            issuer=record.issuer,
            purged_at=self.clock.now(),
            reason=reason,
            files=len(digests),
            commitment=commitment(certificate.xml_sha256, digests),
            external_mark=self.codes.external_mark(record.issuer, record.external_id),
        )


def proof_digests(uow: UnitOfWork, guid: str, certificate: CertificateRecord) -> Sequence[bytes]:
    """SHA-256 of everything that proves the transaction: documents, stamped copies, evidence, certificate."""
    documents = uow.documents.of(guid)
    digests = [document.original_sha256 for document in documents]
    digests += [document.stamped_sha256 for document in documents if document.stamped_sha256]
    digests += [each.sealed_sha256 for each in uow.evidences.of(guid) if each.sealed_sha256]
    return [*digests, certificate.xml_sha256, certificate.pdf_sha256]


def _rendered(uow: UnitOfWork, guid: str) -> bool:
    return any(each.status is not EvidenceStatus.SEALED for each in uow.evidences.of(guid))


def _facts(uow: UnitOfWork, record: TransactionRecord, tombstone: Tombstone, order: str) -> EvidenceFacts:
    """What, when and why, and nothing of any recipient, document, or the issuer's own identifier."""
    details = [
        ("reason", tombstone.reason.value),
        ("custody_until", record.custody_until.isoformat() if record.custody_until else ""),
        ("files", str(tombstone.files)),
        ("commitment", tombstone.commitment.hex()),
    ]
    return EvidenceFacts(
        evidence_id=str(uuid4()),
        event=ErdsEvent.PURGED,
        event_time=tombstone.purged_at,
        guid=record.guid,
        external_id="",
        service=record.service.value,
        issuer=issuer_party(issuer_of(uow, record.issuer)),
        recipients=(),
        documents=(),
        submitted_at=record.received_at,
        details=tuple(details + ([("order", order)] if order else [])),
        sandbox=record.sandbox,
    )
