"""A recipient's documents as they go along with a message: their stamped copies, or themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.delivery import Attachment
from gateway.domain.documents import PDF
from gateway.domain.record import DataKey, DocumentRecord, RecipientRecord, TransactionRecord
from gateway.usecases.participation import documents_for
from gateway.usecases.ports import Database, Vault


@dataclass(frozen=True, slots=True)
class StampedCopies:
    """Of what is no PDF it is the stamped cover sheet, and the file itself beside it."""

    database: Database
    vault: Vault

    def __call__(self, record: TransactionRecord, recipient: RecipientRecord) -> tuple[Attachment, ...]:
        key, mine = _own(self.database, record, recipient)
        files = []
        for document in mine:
            stem = document.name.removesuffix(".pdf").removesuffix(".PDF")
            if document.stamped_sha256 is not None:
                octets = self.vault.get(record.guid, key, document.stamped_sha256)
                files.append(Attachment(f"{document.position + 1}-{stem}.pdf", PDF, octets))
            if document.media_type != PDF:
                octets = self.vault.get(record.guid, key, document.original_sha256)
                files.append(
                    Attachment(f"{document.position + 1}-{document.name}", document.media_type, octets)
                )
        return tuple(files)


@dataclass(frozen=True, slots=True)
class AsSent:
    """Octet by octet, under the issuer's names: attachments of a mail that is itself what is certified."""

    database: Database
    vault: Vault

    def __call__(self, record: TransactionRecord, recipient: RecipientRecord) -> tuple[Attachment, ...]:
        key, mine = _own(self.database, record, recipient)
        return tuple(
            Attachment(each.name, each.media_type, self.vault.get(record.guid, key, each.original_sha256))
            for each in mine
        )


def _own(
    database: Database, record: TransactionRecord, recipient: RecipientRecord
) -> tuple[DataKey, Sequence[DocumentRecord]]:
    """The transaction's data key, and the documents that are this recipient's."""
    with database.read() as uow:
        mine = documents_for(record.asked, recipient.asked, uow.documents.of(record.guid))
        return uow.keys.get(record.guid), mine
