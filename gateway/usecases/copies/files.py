"""Which files are one recipient's to have at the end: the certificate, and their own documents alone.

Documents are given to who acted on them or was shown them before, never to who was only written to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.catalogue import Decision
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.pack import MEDIA_TYPE as PACK
from gateway.domain.record import DocumentRecord, EventRecord, RecipientRecord, SignedFile, TransactionRecord
from gateway.domain.results import POSITIVE
from gateway.usecases.participation import READ, documents_for
from gateway.usecases.ports import UnitOfWork, Vault

CERTIFICATE, XML = "certificate.pdf", "certificate.xml"


@dataclass(frozen=True, slots=True)
class CopyFile:
    """One file by its name in this copy. `sha256` is of its octets; `size` counts them, nearly."""

    name: str
    media_type: str
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class CopyFiles:
    """`pack` says whether the evidence pack, which holds everybody's documents, is given out too."""

    vault: Vault
    pack: bool

    def of(
        self, uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord
    ) -> Sequence[CopyFile]:
        """Empty before the certificate is made. Of a publication, which anybody may join, whoever accepted
        gets the documents alone: certificate and pack name everybody else who did."""
        certificate = uow.certificates.get(record.guid)
        if certificate is None:
            return ()
        if record.profile.decision is Decision.PERIOD_END:
            return tuple(self._documents(uow, record, recipient))
        return (
            CopyFile(CERTIFICATE, PDF, certificate.pdf_sha256, len(certificate.pdf)),
            CopyFile(XML, "application/xml", certificate.xml_sha256, len(certificate.xml)),
            *self._documents(uow, record, recipient),
            *self._pack(uow, record, recipient),
        )

    def octets(self, uow: UnitOfWork, guid: str, file: CopyFile) -> bytes:
        """Raises GatewayError(NOT_FOUND) once the transaction was purged."""
        key, certificate = uow.keys.get(guid), uow.certificates.get(guid)
        if certificate is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        if file.name in {CERTIFICATE, XML}:
            body = certificate.pdf if file.name == CERTIFICATE else certificate.xml
            return self.vault.reveal(key, body, file.name)
        return self.vault.get(guid, key, file.sha256)

    def _documents(
        self, uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord
    ) -> Iterator[CopyFile]:
        if not _shown(recipient, uow.events.of(record.guid)):
            return
        signed = [each for each in uow.signed_files.of(record.guid) if each.recipient == recipient.position]
        for document in documents_for(record.asked, recipient.asked, uow.documents.of(record.guid)):
            if document.stamped_sha256 is not None:
                name, size = _name(document, ".pdf"), document.stamped_size or document.size
                yield CopyFile(name, PDF, document.stamped_sha256, size)
            for file in signed:
                if file.document == document.position:
                    yield _signed(document, file)

    def _pack(
        self, uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord
    ) -> Iterator[CopyFile]:
        made = uow.packs.get(record.guid)
        shown = self.pack and _shown(recipient, uow.events.of(record.guid))
        if shown and made is not None and made.sha256 is not None:
            yield CopyFile("pack.asice", PACK, made.sha256, made.size or 0)


def _shown(recipient: RecipientRecord, events: Sequence[EventRecord]) -> bool:
    since = recipient.corrected_at
    return recipient.state in POSITIVE or any(
        each.kind in READ and each.position == recipient.position and (since is None or each.at >= since)
        for each in events
    )


def _signed(document: DocumentRecord, file: SignedFile) -> CopyFile:
    suffix = "-signed.pdf" if file.media_type == PDF else "-signed.xml"
    return CopyFile(_name(document, suffix), file.media_type, file.sha256, file.size)


def _name(document: DocumentRecord, suffix: str) -> str:
    stem = document.name.removesuffix(".pdf").removesuffix(".PDF")
    return f"{document.position + 1}-{stem}{suffix}"
