"""The handler of ALERT tasks: one e-mail an address, each an effect with a stable id, intent and result.

The last one goes out only at state 12 with the certificate, and carries certificate and stamped documents.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.alerts import AlertKind
from gateway.domain.delivery import Attachment, Channel, Effect, Message, Outcome, Purpose
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import Task, TransactionRecord
from gateway.domain.states import State
from gateway.usecases.alerts.choose import alerted
from gateway.usecases.deliver import Deliver, Delivered, finished
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import AlertTexts, Clock, Database, UnitOfWork, Vault

CERTIFICATE = "certificate.pdf"
LEFT = frozenset({Outcome.ACCEPTED, Outcome.DELIVERED})


@dataclass(frozen=True, slots=True)
class SendAlert:
    """`limit`: octets that one e-mail may carry; beyond, the certificate alone if it fits, and word of the
    rest and where it is fetched."""

    database: Database
    deliver: Deliver
    vault: Vault
    texts: AlertTexts
    journal: Journal
    clock: Clock
    limit: int

    def __call__(self, task: Task) -> bool:
        kind = AlertKind(task.subject)
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None or not _due(uow, record, kind):
                return False
            issuer = issuer_of(uow, record.issuer)
            addresses = alerted(uow, issuer)
        outcomes = [self._tell(kind, record, issuer, address) for address in addresses]
        if Outcome.NOT_SENT in outcomes:
            # Whoever was told is not told again: their effects have a result.
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        return False

    def _tell(self, kind: AlertKind, record: TransactionRecord, issuer: Issuer, address: str) -> Outcome:
        whose = hashlib.sha256(address.encode()).hexdigest()[:12]
        intent = Effect(
            id=f"alert-{record.guid}-{kind.name}-{whose}",
            guid=record.guid,
            position=None,
            channel=Channel.EMAIL,
            purpose=Purpose.ALERT,
            address=address,
            intended_at=self.clock.now(),
        )
        done = self.deliver(intent, lambda effect_id: self._message(effect_id, kind, record, issuer, address))
        self._record(record.guid, kind, done)
        return done.receipt.outcome

    def _message(
        self, effect_id: str, kind: AlertKind, record: TransactionRecord, issuer: Issuer, address: str
    ) -> Message:
        files = self._files(record) if kind is AlertKind.FINISHED else []
        carried, left_out = self._fitting(files)
        return self.texts.alert(effect_id, kind, record, issuer, address, carried, left_out)

    def _fitting(self, files: Sequence[Attachment]) -> tuple[Sequence[Attachment], Sequence[str]]:
        """What goes along, and the names of what is too large for it."""
        if sum(len(file.octets) for file in files) <= self.limit:
            return files, ()
        first = [file for file in files[:1] if len(file.octets) <= self.limit]
        return first, [file.name for file in files[len(first) :]]

    def _files(self, record: TransactionRecord) -> Sequence[Attachment]:
        with self.database.read() as uow:
            return list(self._read(uow, record.guid))

    def _read(self, uow: UnitOfWork, guid: str) -> Iterator[Attachment]:
        key, certificate = uow.keys.get(guid), uow.certificates.get(guid)
        if certificate is not None:
            yield Attachment(CERTIFICATE, PDF, self.vault.reveal(key, certificate.pdf, CERTIFICATE))
        for document in uow.documents.of(guid):
            if document.stamped_sha256 is not None:
                stem = document.name.removesuffix(".pdf").removesuffix(".PDF")
                octets = self.vault.get(guid, key, document.stamped_sha256)
                yield Attachment(f"{document.position + 1}-{stem}.pdf", PDF, octets)

    def _record(self, guid: str, kind: AlertKind, done: Delivered) -> None:
        if done.stored:
            return
        outcome = done.receipt.outcome
        with self.database.write() as uow:
            record = uow.transactions.lock(guid)
            if record is None or not finished(uow, done):
                return
            details = (
                ("alert", kind.name),
                ("channel", Channel.EMAIL.value),
                ("effect", done.effect_id),
                ("outcome", outcome.value),
                *((("reference", done.receipt.reference),) if done.receipt.reference else ()),
            )
            what = Happening(done.receipt.at, details=details)
            self.journal.noted(uow, record, "ALERT_SENT" if outcome in LEFT else "ALERT_NOT_SENT", what)
            uow.commit()


def _due(uow: UnitOfWork, record: TransactionRecord, kind: AlertKind) -> bool:
    """Still wanted; and the last one never before state 12 with its certificate."""
    chosen = uow.sender.alert_settings(record.issuer)
    if chosen is None or not chosen.on:
        return False
    if kind is not AlertKind.FINISHED:
        return True
    return record.state is State.CLOSED and uow.certificates.get(record.guid) is not None
