"""What issuers may ask about their own transactions. Another issuer's answers as if it did not exist."""

from dataclasses import dataclass

from gateway.domain.custody import Tombstone
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import DataKey, DocumentRecord, EvidenceStatus, SignedFile, TransactionRecord
from gateway.usecases.commands import Reference
from gateway.usecases.ports import Database, ExternalMark, UnitOfWork, Vault
from gateway.usecases.results import (
    CertificateFile,
    DocumentFile,
    DocumentKind,
    EvidenceFile,
    Status,
    Timeline,
)


def own(uow: UnitOfWork, mark: ExternalMark, issuer: Issuer, reference: Reference) -> TransactionRecord:
    """The issuer's own transaction. Raises GatewayError(NOT_FOUND), also for somebody else's, or PURGED with
    its GUID as the detail."""
    if reference.guid:
        record = uow.transactions.own(reference.guid, issuer.number)
    else:
        record = uow.transactions.by_external_id(issuer.number, reference.external_id)
    if record is None:
        tombstone = own_tombstone(uow, mark, issuer, reference)
        if tombstone is not None:
            raise GatewayError(ErrorKind.PURGED, tombstone.guid)
        raise GatewayError(ErrorKind.NOT_FOUND)
    return record


def own_tombstone(
    uow: UnitOfWork, mark: ExternalMark, issuer: Issuer, reference: Reference
) -> Tombstone | None:
    """What is left of the issuer's own transaction; of its external id a keyed hash is known, no more.

    An external id that names a transaction which is there means that one.
    """
    if reference.guid:
        tombstone = uow.tombstones.get(reference.guid)
    elif uow.transactions.by_external_id(issuer.number, reference.external_id) is not None:
        return None
    else:
        tombstone = uow.tombstones.marked(mark(issuer.number, reference.external_id))
    return tombstone if tombstone is not None and tombstone.issuer == issuer.number else None


def stamped_file(vault: Vault, document: DocumentRecord, key: DataKey) -> DocumentFile:
    """The stamped copy or cover sheet, always a PDF. Raises GatewayError(NOT_YET_THERE) before state 2."""
    sha256 = document.stamped_sha256
    if sha256 is None:
        raise GatewayError(ErrorKind.NOT_YET_THERE)
    octets = vault.get(document.guid, key, sha256)
    return DocumentFile(document, DocumentKind.STAMPED, PDF, sha256, octets)


@dataclass(frozen=True, slots=True)
class Queries:
    database: Database
    vault: Vault
    mark: ExternalMark

    def state(self, issuer: Issuer, reference: Reference) -> Status:
        with self.database.read() as uow:
            record = own(uow, self.mark, issuer, reference)
            return Status(record, tuple(uow.recipients.of(record.guid)))

    def events(self, issuer: Issuer, reference: Reference) -> Timeline:
        with self.database.read() as uow:
            record = own(uow, self.mark, issuer, reference)
            return Timeline(record, tuple(uow.events.of(record.guid)))

    def documents(self, issuer: Issuer, reference: Reference, kind: DocumentKind) -> tuple[DocumentFile, ...]:
        """Raises GatewayError(NOT_YET_THERE) for stamped copies before state 2, and for signed ones before
        somebody has signed by a method that makes them (CERTIFICATE, BIOMETRIC).

        Of a document that several signed there are several signed copies, in the recipients' order.
        """
        with self.database.read() as uow:
            record = own(uow, self.mark, issuer, reference)
            key, documents = uow.keys.get(record.guid), uow.documents.of(record.guid)
            signed = uow.signed_files.of(record.guid)
        if kind is DocumentKind.SIGNED:
            if not signed:
                raise GatewayError(ErrorKind.NOT_YET_THERE)
            place = {document.position: document for document in documents}
            return tuple(_signed_file(self.vault, place[each.document], each, key) for each in signed)
        read = stamped_file if kind is DocumentKind.STAMPED else _original_file
        return tuple(read(self.vault, document, key) for document in documents)

    def evidence(self, issuer: Issuer, reference: Reference, evidence_id: str) -> tuple[EvidenceFile, ...]:
        """All of it, or the one with that id; what is not sealed yet comes without octets.

        Of a purged transaction there is the tombstone only. Raises GatewayError(NOT_FOUND) for an id that
        the transaction does not have.
        """
        with self.database.read() as uow:
            tombstone = own_tombstone(uow, self.mark, issuer, reference)
            owner = tombstone.owner if tombstone else own(uow, self.mark, issuer, reference).guid
            key = uow.keys.get(owner)
            chosen = [each for each in uow.evidences.of(owner) if evidence_id in ("", each.id)]
        if evidence_id and not chosen:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return tuple(
            EvidenceFile(
                each,
                self.vault.reveal(key, each.body, each.id) if each.status is EvidenceStatus.SEALED else b"",
            )
            for each in chosen
        )

    def certificate(self, issuer: Issuer, reference: Reference, media_type: str) -> CertificateFile:
        """As application/pdf or application/xml. Raises GatewayError(NOT_YET_THERE) before it is made."""
        with self.database.read() as uow:
            record = own(uow, self.mark, issuer, reference)
            key, certificate = uow.keys.get(record.guid), uow.certificates.get(record.guid)
        if certificate is None:
            raise GatewayError(ErrorKind.NOT_YET_THERE)
        if media_type == PDF:
            octets, sha256 = (
                self.vault.reveal(key, certificate.pdf, "certificate.pdf"),
                certificate.pdf_sha256,
            )
        else:
            octets, sha256 = (
                self.vault.reveal(key, certificate.xml, "certificate.xml"),
                certificate.xml_sha256,
            )
        return CertificateFile(media_type, sha256, octets, certificate.created_at)


def _original_file(vault: Vault, document: DocumentRecord, key: DataKey) -> DocumentFile:
    octets = vault.get(document.guid, key, document.original_sha256)
    sha256, media_type = document.original_sha256, document.media_type
    return DocumentFile(document, DocumentKind.ORIGINAL, media_type, sha256, octets)


def _signed_file(vault: Vault, document: DocumentRecord, signed: SignedFile, key: DataKey) -> DocumentFile:
    octets = vault.get(signed.guid, key, signed.sha256)
    return DocumentFile(
        document, DocumentKind.SIGNED, signed.media_type, signed.sha256, octets, signed.recipient
    )
