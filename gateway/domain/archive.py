"""What an issuer's archive holds: its manifest, and closed transactions whole, with everything in clear.

An archive moves custody to another installation; how it is written, locked and sealed is others' matter.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.biometrics import SealedSample
from gateway.domain.custody import Extension, Hold
from gateway.domain.delivery import Effect
from gateway.domain.pack import PackRecord
from gateway.domain.parties import Issuer
from gateway.domain.publication import Publication
from gateway.domain.record import (
    CertificateRecord,
    DigestStamp,
    DocumentRecord,
    EventRecord,
    EvidenceStatus,
    RecipientRecord,
    SignedFile,
    StoredEvidence,
    TransactionRecord,
)
from gateway.domain.reports import KeptMessage, ReportRow
from gateway.domain.signing import Challenge
from gateway.domain.states import State


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """An evidence record (RFC 6283) as it was when exported, with the leaf document that lists its files."""

    octets: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """Where an evidence record that came with an archive lies: the digests of its blobs."""

    guid: str
    position: int
    record_sha256: bytes
    leaf_sha256: bytes


@dataclass(frozen=True, slots=True)
class ArchivedTransaction:
    """A closed transaction. Bodies of evidence and certificate are clear octets, as are `contents`: every
    blob (raw request, originals, stamped copies, whatever else was stored). Codes' hashes stay behind, and a
    publication's visits, whose log is one of the blobs."""

    record: TransactionRecord
    recipients: tuple[RecipientRecord, ...]
    documents: tuple[DocumentRecord, ...]
    events: tuple[EventRecord, ...]
    evidences: tuple[StoredEvidence, ...]
    certificate: CertificateRecord
    pack: PackRecord | None
    records: tuple[ArchivedRecord, ...]
    stamp: DigestStamp | None
    effects: tuple[Effect, ...]
    challenges: tuple[Challenge, ...]
    extensions: tuple[Extension, ...]
    holds: tuple[Hold, ...]
    contents: tuple[bytes, ...]
    signed_files: tuple[SignedFile, ...] = ()
    samples: tuple[SealedSample, ...] = ()
    publication: Publication | None = None
    messages: tuple[KeptMessage, ...] = ()
    reports: tuple[ReportRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchiveLock:
    """How the archive's key is wrapped: scrypt (RFC 7914) over the passphrase, then AES-256-GCM."""

    salt: bytes
    cost: int
    block_size: int
    parallelism: int
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class ArchiveManifest:
    """What is sealed of an archive. `left_out` counts transactions that were not closed yet; the index names
    every transaction's file with its digest."""

    id: str
    installation: str
    issuer: Issuer
    created_at: datetime
    transactions: int
    left_out: int
    index_sha256: bytes
    lock: ArchiveLock


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One line of the index: GUID, SHA-256 and size of the transaction's file, as it lies there."""

    guid: str
    sha256: bytes
    size: int


class Imported(Enum):
    """What became of one transaction of an archive."""

    ADDED = "ADDED"
    THERE = "THERE"
    REFUSED = "REFUSED"


def inconsistencies(archived: ArchivedTransaction) -> Iterator[str]:
    """What in a transaction contradicts its own digests; nothing for a sound one."""
    record = archived.record
    if record.state is not State.CLOSED or record.custody_until is None:
        yield "it is not closed"
    if _owners(archived) != {record.guid}:
        yield "a row is another transaction's"
    there = {hashlib.sha256(octets).digest() for octets in archived.contents}
    if _wanted(archived) - there:
        yield "a document, the request or the pack is missing, or altered"
    for evidence in archived.evidences:
        if evidence.status is not EvidenceStatus.SEALED or _differs(evidence.body, evidence.sealed_sha256):
            yield f"evidence {evidence.id} is not what was sealed"
    certificate = archived.certificate
    if _differs(certificate.xml, certificate.xml_sha256) or _differs(certificate.pdf, certificate.pdf_sha256):
        yield "the certificate is altered"


def _wanted(archived: ArchivedTransaction) -> set[bytes]:
    """The blobs that rows name."""
    wanted = {archived.record.raw_sha256, *(document.original_sha256 for document in archived.documents)}
    wanted |= {document.stamped_sha256 for document in archived.documents if document.stamped_sha256}
    wanted |= {signed.sha256 for signed in archived.signed_files}
    wanted |= {sample.cms_sha256 for sample in archived.samples}
    wanted |= {message.sha256 for message in archived.messages}
    wanted |= {row.raw_sha256 for row in archived.reports}
    if archived.publication and archived.publication.log_sha256:
        wanted.add(archived.publication.log_sha256)
    if archived.pack and archived.pack.sha256:
        wanted |= {archived.pack.sha256, archived.pack.index_sha256}
    return wanted


def _differs(octets: bytes, sha256: bytes | None) -> bool:
    return hashlib.sha256(octets).digest() != sha256


def _owners(archived: ArchivedTransaction) -> set[str]:
    owners = {archived.record.guid, archived.certificate.guid}
    owners |= {row.guid for row in archived.recipients} | {row.guid for row in archived.documents}
    owners |= {row.guid for row in archived.events} | {row.guid for row in archived.effects}
    owners |= {row.guid for row in archived.challenges} | {row.guid for row in archived.extensions}
    owners |= {row.guid for row in archived.samples}
    owners |= {row.guid for row in archived.holds} | {row.owner for row in archived.evidences}
    owners |= {row.guid for row in archived.signed_files} | {row.guid for row in archived.messages}
    owners |= {row.owner for row in archived.reports}
    owners |= {archived.pack.guid} if archived.pack else set()
    owners |= {archived.publication.guid} if archived.publication else set()
    return owners | ({archived.stamp.guid} if archived.stamp else set())
