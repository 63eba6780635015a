"""Takes over the custody of closed transactions from another installation, one commit each.

GUIDs are kept, octets are stored as they came under a data key of this installation, and everything is
queued for deposit here. Importing again changes nothing; what was purged here never comes back.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.domain.archive import (
    ArchivedRecord,
    ArchivedTransaction,
    ArchiveEntry,
    Imported,
    ImportedRecord,
    inconsistencies,
)
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.guid import Guid
from gateway.domain.parties import Issuer
from gateway.domain.record import DataKey, TransactionRecord
from gateway.usecases.pack import FILE as PACK
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault
from gateway.usecases.seal import manifest
from gateway.usecases.signed_copies import leaf_name


@dataclass(frozen=True, slots=True)
class ImportCustody:
    """`installation` is this one's number: an archive of its own GUIDs would meet those yet to be drawn."""

    database: Database
    vault: Vault
    clock: Clock
    installation: int

    def settle_issuer(self, issuer: Issuer, number: int) -> None:
        """The issuer under this number here; registered, without any certificate, if the number is free.

        Raises GatewayError(CONFIGURATION) when the number is another company's.
        """
        with self.database.write() as uow:
            known = uow.issuers.get(number)
            if known is None:
                uow.issuers.add(replace(issuer, number=number))
                uow.commit()
            elif known.identifier != issuer.identifier:
                raise GatewayError(
                    ErrorKind.CONFIGURATION, f"issuer {number} is another one here: say which number is meant"
                )

    def __call__(
        self, archive_id: str, entry: ArchiveEntry, archived: ArchivedTransaction, issuer: int
    ) -> Imported:
        """Raises GatewayError: ARCHIVE_REFUSED, naming what is wrong; DUPLICATE_EXTERNAL_ID; PURGED."""
        self._check(archived)
        record = replace(archived.record, issuer=issuer)
        with self.database.read() as uow:
            if _known(uow, record):
                return Imported.THERE
        key = self._key(record.guid)
        records = [octets for each in archived.records for octets in (each.octets, each.leaf)]
        self.vault.put(record.guid, key, [*archived.contents, *records])
        with self.database.write() as uow:
            if _known(uow, record):
                return Imported.THERE
            if not uow.transactions.add(record):
                raise GatewayError(ErrorKind.DUPLICATE_EXTERNAL_ID, record.external_id)
            self._add_rows(uow, archived, key)
            uow.custody.imported(record.guid, archive_id, entry.sha256, self.clock.now())
            self._queue(uow, archived)
            uow.commit()
        return Imported.ADDED

    def _key(self, guid: str) -> DataKey:
        """Committed before anything is written under it, so that whoever imports the same at the same time,
        or goes on after a crash, writes the same blobs under the same key."""
        with self.database.write() as uow:
            known = uow.keys.find(guid)
            if known is not None:
                return known
            key = self.vault.new_key()
            uow.keys.add(guid, key)
            uow.commit()
        return key

    def _check(self, archived: ArchivedTransaction) -> None:
        record = archived.record
        try:
            own = Guid.parse(record.guid).installation == self.installation
        except ValueError:
            raise _refused(record, "it has no GUID") from None
        if own:
            raise _refused(record, "it is of this installation's own number")
        for wrong in inconsistencies(archived):
            raise _refused(record, wrong)
        if archived.stamp and archived.stamp.manifest != manifest(record, archived.documents):
            raise _refused(record, "its time-stamp is over other digests")

    def _add_rows(self, uow: UnitOfWork, archived: ArchivedTransaction, key: DataKey) -> None:
        uow.recipients.add(archived.recipients)
        uow.documents.add(archived.documents)
        for event in archived.events:
            uow.events.add(event)
        for evidence in archived.evidences:
            uow.evidences.add(replace(evidence, body=self.vault.protect(key, evidence.body, evidence.id)))
        certificate = archived.certificate
        uow.certificates.add(
            replace(
                certificate,
                xml=self.vault.protect(key, certificate.xml, "certificate.xml"),
                pdf=self.vault.protect(key, certificate.pdf, "certificate.pdf"),
            )
        )
        _add_more(uow, archived)
        _add_history(uow, archived)

    def _queue(self, uow: UnitOfWork, archived: ArchivedTransaction) -> None:
        for name, sha256 in () if archived.record.sandbox else _deposited(archived):
            uow.deposit_queue.add(archived.record.guid, name, sha256, self.clock.now())


def _add_more(uow: UnitOfWork, archived: ArchivedTransaction) -> None:
    """What not every transaction has."""
    uow.signed_files.add(archived.signed_files)
    if archived.stamp:
        uow.stamps.add(archived.stamp)
    if archived.pack:
        uow.packs.intend(archived.pack.guid, archived.pack.index_sha256)
        uow.packs.publish(archived.pack)
    if archived.publication:
        uow.publications.take(archived.publication)
    for sample in archived.samples:
        uow.samples.add(sample)
    for position, each in enumerate(archived.records):
        uow.custody.add_record(imported_record(archived.record.guid, position, each))


def _add_history(uow: UnitOfWork, archived: ArchivedTransaction) -> None:
    for effect in archived.effects:
        uow.effects.intend(effect)
    for message in archived.messages:
        uow.kept_messages.add(message)
    for row in archived.reports:
        uow.reports.add(row)
    for challenge in archived.challenges:
        uow.challenges.add(challenge)
    for extension in archived.extensions:
        uow.custody.keep(extension)
    for hold in archived.holds:
        uow.holds.place(hold)


def _known(uow: UnitOfWork, record: TransactionRecord) -> bool:
    """Whether it is here already, the same. Raises GatewayError when it is another, or was purged."""
    if uow.tombstones.get(record.guid) is not None:
        raise GatewayError(ErrorKind.PURGED, record.guid)
    here = uow.transactions.get(record.guid)
    if here is None:
        return False
    if (here.issuer, here.content_digest, here.raw_sha256) != (
        record.issuer,
        record.content_digest,
        record.raw_sha256,
    ):
        raise _refused(record, "another transaction has this GUID here")
    return True


def _deposited(archived: ArchivedTransaction) -> Sequence[tuple[str, bytes]]:
    """Under the names that the files had in the deposits of where they were made."""
    named: list[tuple[str, bytes]] = []
    for document in archived.documents:
        named.append((f"documents/{document.position + 1}/original", document.original_sha256))
        if document.stamped_sha256:
            named.append((f"documents/{document.position + 1}/stamped", document.stamped_sha256))
    named += [(leaf_name(signed), signed.sha256) for signed in archived.signed_files]
    for evidence in archived.evidences:
        if evidence.sealed_sha256:
            named.append((f"evidence/{evidence.id}.xml", evidence.sealed_sha256))
    named.append(("certificate.xml", archived.certificate.xml_sha256))
    named.append(("certificate.pdf", archived.certificate.pdf_sha256))
    if archived.pack and archived.pack.sha256:
        named.append((PACK, archived.pack.sha256))
    # In a tree of ours, so that what they prove is renewed here.
    named += [(f"imported/evidence-record-{n}.xml", sha256) for n, sha256 in _record_digests(archived)]
    return named


def _record_digests(archived: ArchivedTransaction) -> Iterator[tuple[int, bytes]]:
    return ((n, hashlib.sha256(each.octets).digest()) for n, each in enumerate(archived.records, 1))


def imported_record(guid: str, position: int, record: ArchivedRecord) -> ImportedRecord:
    record_sha256 = hashlib.sha256(record.octets).digest()
    return ImportedRecord(guid, position, record_sha256, hashlib.sha256(record.leaf).digest())


def _refused(record: TransactionRecord, why: str) -> GatewayError:
    return GatewayError(ErrorKind.ARCHIVE_REFUSED, f"{record.guid}: {why}")
