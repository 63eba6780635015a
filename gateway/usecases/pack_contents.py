"""Every file of a transaction's pack, gathered from rows and vault; nothing is written or sealed.

Only what the certificate speaks of is in it, so that later evidence never alters it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain import pack
from gateway.domain.documents import PDF
from gateway.domain.pack import PackFile
from gateway.domain.record import (
    CertificateRecord,
    DataKey,
    DigestStamp,
    DocumentRecord,
    SignedFile,
    StoredEvidence,
    TransactionRecord,
)
from gateway.domain.reports import KeptMessage, ReportRow
from gateway.usecases.certificate_facts import CertificateFacts, until_closed
from gateway.usecases.ports import PackPaper, UnitOfWork, Vault


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows behind a pack; `evidence` by the names of the certificate's attachments."""

    record: TransactionRecord
    key: DataKey
    documents: Sequence[DocumentRecord]
    evidence: Sequence[tuple[str, StoredEvidence]]
    certificate: CertificateRecord
    stamp: DigestStamp | None
    closed_at: datetime
    visits_sha256: bytes | None = None
    signed: Sequence[SignedFile] = ()
    messages: Sequence[KeptMessage] = ()
    reports: Sequence[ReportRow] = ()


@dataclass(frozen=True, slots=True)
class PackContents:
    vault: Vault
    paper: PackPaper
    facts: CertificateFacts

    def rows(self, uow: UnitOfWork, record: TransactionRecord) -> Kept | None:
        """None before the certificate is made."""
        certificate = uow.certificates.get(record.guid)
        if certificate is None:
            return None
        proven, published = self.facts(uow, record), uow.publications.get(record.guid)
        return Kept(
            record=record,
            key=uow.keys.get(record.guid),
            documents=uow.documents.of(record.guid),
            evidence=[(proof.file, stored) for proof, stored in proven.evidence],
            certificate=certificate,
            stamp=uow.stamps.get(record.guid),
            closed_at=proven.content.closed_at,
            visits_sha256=published.log_sha256 if published else None,
            signed=uow.signed_files.of(record.guid),
            messages=uow.kept_messages.of(record.guid),
            reports=_told(uow, record),
        )

    def guides(self, kept: Kept) -> Sequence[PackFile]:
        """What this version says of the pack: nothing else holds it, so it has to be stored."""
        record = kept.record
        return self.paper.guides(
            record.guid,
            kept.documents,
            kept.stamp is not None,
            signed=kept.signed,
            visits=kept.visits_sha256 is not None,
            messages=bool(kept.messages),
            receipts=bool(kept.reports),
            test=record.sandbox,
        )

    def files(self, kept: Kept) -> Iterator[PackFile]:
        """Everything else."""
        yield from self._documents(kept)
        yield from self._signed(kept)
        yield from self._evidence(kept)
        yield from self._certificate(kept)
        yield from _stamp(kept)
        yield from self._visits(kept)
        yield from self._traffic(kept)

    def _documents(self, kept: Kept) -> Iterator[PackFile]:
        for document in kept.documents:
            original = self.vault.get(document.guid, kept.key, document.original_sha256)
            yield PackFile(pack.original_name(document), document.media_type, original)
            if document.stamped_sha256 is not None:
                stamped = self.vault.get(document.guid, kept.key, document.stamped_sha256)
                yield PackFile(pack.stamped_name(document), PDF, stamped)

    def _signed(self, kept: Kept) -> Iterator[PackFile]:
        place = {document.position: document for document in kept.documents}
        for each in kept.signed:
            name = pack.signed_name(place[each.document], each)
            yield PackFile(name, each.media_type, self.vault.get(each.guid, kept.key, each.sha256))

    def _visits(self, kept: Kept) -> Iterator[PackFile]:
        """Everybody who saw a publication, whose digest the evidence of its end states."""
        if kept.visits_sha256 is not None:
            octets = self.vault.get(kept.record.guid, kept.key, kept.visits_sha256)
            yield PackFile(pack.VISITS, pack.TEXT, octets)

    def _traffic(self, kept: Kept) -> Iterator[PackFile]:
        """What left by the channels and what they told, octet by octet, whose digests the evidence states."""
        for number, message in enumerate(kept.messages, 1):
            octets = self.vault.get(message.guid, kept.key, message.sha256)
            yield PackFile(pack.message_name(number, message), message.media_type, octets)
        for number, row in enumerate(kept.reports, 1):
            octets = self.vault.get(row.owner, kept.key, row.raw_sha256)
            yield PackFile(pack.receipt_name(number, row), row.report.media_type, octets)

    def _evidence(self, kept: Kept) -> Iterator[PackFile]:
        names = pack.evidence_names([file for file, _ in kept.evidence])
        for name, (_, stored) in zip(names, kept.evidence, strict=True):
            yield PackFile(name, pack.XML, self.vault.reveal(kept.key, stored.body, stored.id))

    def _certificate(self, kept: Kept) -> Iterator[PackFile]:
        for name, media_type, body in (
            ("certificate.xml", pack.XML, kept.certificate.xml),
            ("certificate.pdf", PDF, kept.certificate.pdf),
        ):
            yield PackFile(name, media_type, self.vault.reveal(kept.key, body, name))


def _told(uow: UnitOfWork, record: TransactionRecord) -> Sequence[ReportRow]:
    """The reports of which the certificate's timeline tells, in its order; later ones alter nothing."""
    rows = {row.id: row for row in uow.reports.of(record.guid)}
    told = (dict(event.details).get("report", "") for event in until_closed(uow.events.of(record.guid)))
    return [rows[name] for name in dict.fromkeys(told) if name in rows]


def _stamp(kept: Kept) -> Iterator[PackFile]:
    """The digests of documents as they were time-stamped at state 3, for whoever has only a document."""
    if kept.stamp is not None:
        yield PackFile("digests.txt", pack.TEXT, kept.stamp.manifest)
        yield PackFile("digests.tst", pack.TOKEN, kept.stamp.token)
