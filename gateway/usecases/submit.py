"""Submit: everything is checked first, then one commit makes the transaction exist, then the answer.

A retry with the same external id and content gets the stored answer; other content is refused. Blobs
are synced before the commit; those that a crash leaves without a row are orphans that the sweep removes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.documents import PDF, Document
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.mail_size import check_mail
from gateway.domain.record import DataKey, DocumentRecord, RecipientRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.templates import TemplateUse
from gateway.domain.transaction import Transaction, check, check_unintegrated
from gateway.usecases.commands import Submit as Command
from gateway.usecases.facts import Known
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, GuidSource, Numbers, Paper, UnitOfWork, Vault, Wake
from gateway.usecases.results import SubmitReceipt
from gateway.usecases.templates.compose import ComposeKept


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with its octets, opened and found good; a recording lasts so many `milliseconds`, and a
    `composed` one was made of a kept template."""

    row: DocumentRecord
    octets: bytes
    milliseconds: int | None = None
    composed: TemplateUse | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A transaction that is good and kept in the vault; it exists once its rows are committed."""

    command: Command
    record: TransactionRecord
    key: DataKey
    documents: list[DocumentRecord]


@dataclass(frozen=True, slots=True)
class Submit:
    """`kept` composes documents of issuers' templates. `depositary`: whether there is one, without whom no
    biometric sample can be taken. `numbers` spells telephones. `largest_mail` is in octets, encoded."""

    database: Database
    guids: GuidSource
    vault: Vault
    paper: Paper
    journal: Journal
    clock: Clock
    wake: Wake
    codes: Codes
    kept: ComposeKept
    numbers: Numbers
    depositary: bool = True
    largest_mail: int = 20 * 1024 * 1024

    def __call__(self, command: Command) -> SubmitReceipt:
        """Accept a transaction. Raises GatewayError: DUPLICATE_EXTERNAL_ID, PURGED, EXTERNAL_ID_RESERVED,
        RULE_BROKEN, PHONE_IMPOSSIBLE, MAIL_TOO_LARGE, NOT_AVAILABLE_YET and the DOCUMENT_ kinds; nothing is
        kept of a refused one here."""
        with self.database.read() as uow:
            known = self.known(uow, command)
        if known:
            return known
        now = self.clock.now()
        check_rules(command, now)
        command = self.spelt(command)
        accepted = self.keep(command, self.opened(command), now)
        with self.database.write() as uow:
            if not self.store(uow, accepted):
                # Somebody else was first a moment ago.
                stored = self.known(uow, command)
                if stored is None:
                    raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
                return stored
            uow.commit()
        self.wake()
        return answer(accepted.record)

    def spelt(self, command: Command) -> Command:
        """With every telephone as messages go there; the signed octets stay. Raises PHONE_IMPOSSIBLE."""
        asked = command.transaction
        people = tuple(
            replace(each, phone=self.numbers(each.phone)) if each.phone else each for each in asked.recipients
        )
        return replace(command, transaction=replace(asked, recipients=people))

    def known(self, uow: UnitOfWork, command: Command) -> SubmitReceipt | None:
        """The stored answer to a retry. Raises DUPLICATE_EXTERNAL_ID, PURGED, EXTERNAL_ID_RESERVED."""
        issuer, external_id = command.issuer.number, command.transaction.external_id
        known = uow.transactions.by_external_id(issuer, external_id)
        if known:
            return _stored_answer(known, command)
        if uow.tombstones.marked(self.codes.external_mark(issuer, external_id)):
            # Its content is gone, so that nobody can tell a late retry from another transaction.
            raise GatewayError(ErrorKind.PURGED, external_id)
        _check_reservation(uow, command)
        return None

    def opened(self, command: Command) -> list[Checked]:
        """The documents, opened and found good; nothing is kept yet. Raises NOT_AVAILABLE_YET too."""
        asked = command.transaction
        if not self.depositary and _needs_depositary(asked, command.issuer.default_sign_method):
            raise GatewayError(ErrorKind.NOT_AVAILABLE_YET, "biometric samples: there is no depositary")
        opened = [
            self._open(index, document, command.issuer.number, recorded=asked.profile.recordings)
            for index, document in enumerate(asked.documents)
        ]
        check_mail(asked, [len(each.octets) for each in opened], self.largest_mail)
        return opened

    def keep(self, command: Command, checked: list[Checked], now: datetime) -> Accepted:
        """Give a GUID, and put the contents into the vault: durable, and without a row yet."""
        guid = str(self.guids.next(command.issuer.number))
        key = self.vault.new_key()
        digests = self.vault.put(guid, key, [command.raw, *(document.octets for document in checked)])
        documents = [replace(document.row, guid=guid) for document in checked]
        return Accepted(command, _record(command, guid, now, digests[0], checked), key, documents)

    def store(self, uow: UnitOfWork, accepted: Accepted) -> bool:
        """Make it exist. False, or an error, when another has its external id: then nothing may be committed.

        Raises EXTERNAL_ID_RESERVED.
        """
        command, record, key = accepted.command, accepted.record, accepted.key
        # The key first: what is personal is never written without it.
        uow.keys.add(record.guid, key)
        if not uow.transactions.add(record):
            return False
        # Only now, when the issuer's row is held, nobody can reserve the external id any more.
        _check_reservation(uow, command)
        uow.recipients.add(_recipients(command.transaction, record))
        uow.documents.add(accepted.documents)
        signed = (("raw_sha256", record.raw_sha256.hex()), ("signer_sha256", record.signer_sha256))
        told = Known(command.issuer, command.transaction.recipients, accepted.documents, key)
        self.journal.begun(uow, record, told, (*signed, *command.asked, *_composed(record), *_call(record)))
        uow.tasks.add(new_task(Kind.STAMP, record.guid, record.received_at, lane=record.lane))
        return True

    def _open(self, position: int, document: Document, issuer: int, *, recorded: bool) -> Checked:
        octets, media_type, composed = self._octets(document, issuer)
        pages, signed = self.paper.inspect(octets, media_type)
        milliseconds = self.paper.milliseconds(octets, media_type) if recorded else None
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
        return Checked(row, octets, milliseconds, composed)

    def _octets(self, document: Document, issuer: int) -> tuple[bytes, str, TemplateUse | None]:
        if document.template is not None and document.template.name:
            octets, composed = self.kept(issuer, document.template)
            return octets, PDF, composed
        if document.template is not None:
            return self.paper.compose(document.template, document.name), PDF, None
        if not document.content:
            raise GatewayError(ErrorKind.DOCUMENT_BROKEN, document.id)
        return document.content, document.media_type, None


def check_rules(command: Command, now: datetime) -> None:
    """Raises GatewayError: RULE_BROKEN, NOT_AVAILABLE_YET."""
    default = command.issuer.default_sign_method
    check(command.transaction, now, default)
    if not command.issuer.integrated:
        check_unintegrated(command.transaction)


def _needs_depositary(transaction: Transaction, default: SignMethod) -> bool:
    """Whether somebody is to give a sample that only the installation's depositary may open."""
    methods = {transaction.method_for(recipient, default) for recipient in transaction.recipients}
    return SignMethod.BIOMETRIC in methods or transaction.flow.spoken_acceptance


def _check_reservation(uow: UnitOfWork, command: Command) -> None:
    external_id = command.transaction.external_id
    holder = uow.reservations.holder(command.issuer.number, external_id)
    if holder is not None and holder[0] != command.batch and holder[1] != command.content_digest:
        raise GatewayError(ErrorKind.EXTERNAL_ID_RESERVED, external_id)


def _record(
    command: Command, guid: str, now: datetime, raw_sha256: bytes, checked: Sequence[Checked]
) -> TransactionRecord:
    transaction = command.transaction
    without_contents = tuple(
        replace(document, content=None, template=None, milliseconds=each.milliseconds, composed=each.composed)
        for document, each in zip(transaction.documents, checked, strict=True)
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
        sandbox=command.issuer.sandbox,
        asked=replace(transaction, documents=without_contents),
        lane=command.lane,
    )


def _composed(record: TransactionRecord) -> Iterator[tuple[str, str]]:
    """Name, version and digest of the template of each document that was made of one, from 1."""
    for number, document in enumerate(record.asked.documents, 1):
        if document.composed is not None:
            yield f"document_{number}_template", document.composed.told


def _call(record: TransactionRecord) -> Iterator[tuple[str, str]]:
    """Who is to speak with whom, as the issuer declares it."""
    if record.asked.call is not None:
        yield from record.asked.call.pairs()


def _recipients(transaction: Transaction, record: TransactionRecord) -> Iterator[RecipientRecord]:
    for position, recipient in enumerate(transaction.recipients):
        method = transaction.method_for(recipient, record.default_sign_method)
        yield RecipientRecord(record.guid, position, recipient, method)


def _stored_answer(known: TransactionRecord, command: Command) -> SubmitReceipt:
    # An issuer that left the sandbox is never answered with its test: nothing of that one goes anywhere.
    if known.content_digest != command.content_digest or known.sandbox is not command.issuer.sandbox:
        raise GatewayError(ErrorKind.DUPLICATE_EXTERNAL_ID, known.external_id)
    return answer(known)


def answer(record: TransactionRecord) -> SubmitReceipt:
    """Built from columns that never change, so every retry reads the same."""
    return SubmitReceipt(
        guid=record.guid,
        external_id=record.external_id,
        state=State.VALIDATED,
        received_at=record.received_at,
        content_digest=record.content_digest,
        request_id=record.request_id,
    )
