"""Submit: everything is checked first, then one commit makes the transaction exist, then the answer.

A retry with the same external id and content gets the stored answer; other content is refused. Blobs
are synced before the commit; those that a crash leaves without a row are orphans that the sweep removes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.availability import not_available_yet
from gateway.domain.documents import PDF, Document
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey, DocumentRecord, RecipientRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.domain.transaction import Transaction, check, check_unintegrated
from gateway.usecases.commands import Submit as Command
from gateway.usecases.facts import Known
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, GuidSource, Paper, Vault, Wake
from gateway.usecases.results import SubmitReceipt


@dataclass(frozen=True, slots=True)
class _Checked:
    """A document with its octets, opened and found good."""

    row: DocumentRecord
    octets: bytes


@dataclass(frozen=True, slots=True)
class Submit:
    database: Database
    guids: GuidSource
    vault: Vault
    paper: Paper
    journal: Journal
    clock: Clock
    wake: Wake
    codes: Codes

    def __call__(self, command: Command) -> SubmitReceipt:
        """Accept a transaction. Raises GatewayError: DUPLICATE_EXTERNAL_ID, PURGED, RULE_BROKEN,
        NOT_AVAILABLE_YET and the DOCUMENT_ kinds; nothing is kept of a refused one here."""
        issuer, external_id = command.issuer.number, command.transaction.external_id
        with self.database.read() as uow:
            known = uow.transactions.by_external_id(issuer, external_id)
            purged = uow.tombstones.marked(self.codes.external_mark(issuer, external_id))
        if known:
            return _stored_answer(known, command)
        if purged:
            # Its content is gone, so that nobody can tell a late retry from another transaction.
            raise GatewayError(ErrorKind.PURGED, external_id)
        now = self.clock.now()
        _check(command, now)
        checked = [
            self._open(index, document) for index, document in enumerate(command.transaction.documents)
        ]
        guid = str(self.guids.next(command.issuer.number))
        key = self.vault.new_key()
        digests = self.vault.put(guid, key, [command.raw, *(document.octets for document in checked)])
        record = _record(command, guid, now, digests[0])
        return self._commit(command, record, key, checked)

    def _open(self, position: int, document: Document) -> _Checked:
        octets, media_type = self._octets(document)
        pages, signed = self.paper.inspect(octets, media_type)
        digest = hashlib.sha256(octets).digest()
        if document.sha256 is not None and document.sha256 != digest:
            raise GatewayError(ErrorKind.DIGEST_MISMATCH, document.id)
        row = DocumentRecord(
            guid="",
            position=position,
            id=document.id,
            name=document.name,
            media_type=media_type,
            size=len(octets),
            original_sha256=digest,
            pages=pages,
            signed=signed,
        )
        return _Checked(row, octets)

    def _octets(self, document: Document) -> tuple[bytes, str]:
        if document.template is not None:
            return self.paper.compose(document.template, document.name), PDF
        if not document.content:
            raise GatewayError(ErrorKind.DOCUMENT_BROKEN, document.id)
        return document.content, document.media_type

    def _commit(
        self, command: Command, record: TransactionRecord, key: DataKey, checked: list[_Checked]
    ) -> SubmitReceipt:
        documents = [replace(document.row, guid=record.guid) for document in checked]
        digests = (("raw_sha256", record.raw_sha256.hex()), ("signer_sha256", record.signer_sha256))
        proof = (*digests, *command.asked)
        with self.database.write() as uow:
            # The key first: what is personal is never written without it.
            uow.keys.add(record.guid, key)
            if not uow.transactions.add(record):
                known = uow.transactions.by_external_id(record.issuer, record.external_id)
                if known is None:
                    raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
                return _stored_answer(known, command)
            uow.recipients.add(_recipients(command.transaction, record))
            uow.documents.add(documents)
            told = Known(command.issuer, command.transaction.recipients, documents, key)
            self.journal.begun(uow, record, told, proof)
            uow.tasks.add(new_task(Kind.STAMP, record.guid, record.received_at, lane=record.lane))
            uow.commit()
        self.wake()
        return _answer(record)


def _check(command: Command, now: datetime) -> None:
    default = command.issuer.default_sign_method
    check(command.transaction, now, default)
    if not command.issuer.integrated:
        check_unintegrated(command.transaction)
    if missing := "; ".join(not_available_yet(command.transaction, default)):
        raise GatewayError(ErrorKind.NOT_AVAILABLE_YET, missing)


def _record(command: Command, guid: str, now: datetime, raw_sha256: bytes) -> TransactionRecord:
    transaction = command.transaction
    without_contents = tuple(
        replace(document, content=None, template=None) for document in transaction.documents
    )
    return TransactionRecord(
        guid=guid,
        issuer=command.issuer.number,
        external_id=transaction.external_id,
        content_digest=command.content_digest,
        service=transaction.service,
        # States 0 and 1 are reached in one commit: validation came first.
        state=State.VALIDATED,
        result=Result.PENDING,
        subject=transaction.subject,
        language=transaction.language,
        received_at=now,
        start_at=max(transaction.send_at or now, now),
        close_at=transaction.closes_at(now),
        updated_at=now,
        request_id=command.request_id,
        signer_sha256=command.signer_sha256,
        raw_sha256=raw_sha256,
        default_sign_method=command.issuer.default_sign_method,
        asked=replace(transaction, documents=without_contents),
    )


def _recipients(transaction: Transaction, record: TransactionRecord) -> Iterator[RecipientRecord]:
    for position, recipient in enumerate(transaction.recipients):
        method = transaction.method_for(recipient, record.default_sign_method)
        yield RecipientRecord(record.guid, position, recipient, method)


def _stored_answer(known: TransactionRecord, command: Command) -> SubmitReceipt:
    if known.content_digest != command.content_digest:
        raise GatewayError(ErrorKind.DUPLICATE_EXTERNAL_ID, known.external_id)
    return _answer(known)


def _answer(record: TransactionRecord) -> SubmitReceipt:
    """Built from columns that never change, so every retry reads the same."""
    return SubmitReceipt(
        guid=record.guid,
        external_id=record.external_id,
        state=State.VALIDATED,
        received_at=record.received_at,
        content_digest=record.content_digest,
        request_id=record.request_id,
    )
