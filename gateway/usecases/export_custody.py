"""Everything of an issuer that is closed, whole and in clear, one transaction after the other.

How it is locked, sealed and written is the archive's. What is still open is left out, and counted: its
custody has not begun, and it goes on here. So is what waits for a seal at the moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.domain.archive import ArchivedRecord, ArchivedTransaction, ImportedRecord
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import DataKey, EvidenceStatus, RecipientRecord, StoredEvidence
from gateway.domain.signing import Challenge
from gateway.usecases.evidence_records import EvidenceRecords
from gateway.usecases.ports import Database, UnitOfWork, Vault

PAGE = 100


@dataclass(frozen=True, slots=True)
class Export:
    """What there is, and the transactions, which are read as they are asked for.

    Fewer than `transactions` come when some are purged meanwhile, or wait for a seal.
    """

    issuer: Issuer
    transactions: int
    left_out: int
    archived: Iterator[ArchivedTransaction]


@dataclass(frozen=True, slots=True)
class ExportIssuer:
    database: Database
    vault: Vault
    records: EvidenceRecords

    def __call__(self, number: int) -> Export:
        """Raises GatewayError(CONFIGURATION) for an issuer that is not registered."""
        with self.database.read() as uow:
            issuer = uow.issuers.get(number)
            if issuer is None:
                raise GatewayError(ErrorKind.CONFIGURATION, f"there is no issuer {number}")
            closed, left_out = uow.custody.counts(number)
        return Export(issuer, closed, left_out, self._all(number))

    def _all(self, number: int) -> Iterator[ArchivedTransaction]:
        last = ""
        while True:
            with self.database.read() as uow:
                guids = uow.custody.closed(number, last, PAGE)
            for guid in guids:
                archived = self._one(guid)
                if archived is not None:
                    yield archived
            if len(guids) < PAGE:
                return
            last = guids[-1]

    def _one(self, guid: str) -> ArchivedTransaction | None:
        """None when it was purged meanwhile, or waits for a seal."""
        with self.database.read() as uow:
            record, certificate = uow.transactions.get(guid), uow.certificates.get(guid)
            if record is None or certificate is None:
                return None
            imported = uow.custody.records(guid)
            key, recipients, evidences = uow.keys.get(guid), uow.recipients.of(guid), uow.evidences.of(guid)
            archived = ArchivedTransaction(
                record=record,
                recipients=tuple(recipients),
                documents=tuple(uow.documents.of(guid)),
                events=tuple(uow.events.of(guid)),
                evidences=(),
                certificate=certificate,
                pack=uow.packs.get(guid),
                records=(),
                stamp=uow.stamps.get(guid),
                effects=tuple(uow.effects.of(guid)),
                challenges=_challenges(uow, recipients),
                extensions=tuple(uow.custody.extensions(guid)),
                holds=tuple(uow.holds.of(guid)),
                contents=(),
                signed_files=tuple(uow.signed_files.of(guid)),
                samples=tuple(uow.samples.of(guid)),
                publication=uow.publications.get(guid),
                messages=tuple(uow.kept_messages.of(guid)),
                reports=tuple(uow.reports.of(guid)),
            )
            busy = uow.tombstones.has_work(guid)
        if busy or any(evidence.status is not EvidenceStatus.SEALED for evidence in evidences):
            # A pack, or the seal of an extension of a moment ago, is on its way.
            return None
        opened = self._opened(archived, key, tuple(evidences))
        return replace(opened, records=tuple(self._records(guid, key, imported)))

    def _records(
        self, guid: str, key: DataKey, imported: Sequence[ImportedRecord]
    ) -> Iterator[ArchivedRecord]:
        """Those that it came with, then our own; none before its first deposit."""
        for each in imported:
            octets = self.vault.get(guid, key, each.record_sha256)
            yield ArchivedRecord(octets, self.vault.get(guid, key, each.leaf_sha256))
        try:
            own = self.records.of(guid)
        except GatewayError as error:
            if error.kind is not ErrorKind.NOT_YET_THERE:
                raise
        else:
            yield from (ArchivedRecord(each.octets, each.leaf) for each in own)

    def _opened(
        self, archived: ArchivedTransaction, key: DataKey, evidences: tuple[StoredEvidence, ...]
    ) -> ArchivedTransaction:
        guid, certificate, reveal = archived.record.guid, archived.certificate, self.vault.reveal
        return replace(
            archived,
            evidences=tuple(replace(each, body=reveal(key, each.body, each.id)) for each in evidences),
            certificate=replace(
                certificate,
                xml=reveal(key, certificate.xml, "certificate.xml"),
                pdf=reveal(key, certificate.pdf, "certificate.pdf"),
            ),
            contents=tuple(self.vault.get(guid, key, digest) for digest in self.vault.held(guid)),
        )


def _challenges(uow: UnitOfWork, recipients: Sequence[RecipientRecord]) -> tuple[Challenge, ...]:
    """With their audit and without the codes' hashes, whose keys stay behind."""
    return tuple(
        replace(challenge, digest=b"", key_id="")
        for recipient in recipients
        for challenge in uow.challenges.of(recipient.guid, recipient.position)
    )
