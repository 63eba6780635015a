"""The files that prove a transaction, as they are kept, with what each of them is about.

Rows are read in one picture; nothing is decrypted while the database is held. Nobody is asked who wants them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.domain.archive import ImportedRecord
from gateway.domain.deposit import items_of
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.pack import PackRecord
from gateway.domain.record import CertificateRecord, DataKey, DigestStamp, EvidenceStatus, StoredEvidence
from gateway.usecases.deposited_files import DepositedFiles
from gateway.usecases.evidence_records import EvidenceRecords
from gateway.usecases.ports import Database, UnitOfWork, Vault

MANIFEST = "digests.txt"


class KeptFile(NamedTuple):
    """A file under the name by which it is given out; `companions` by name are what it is about."""

    name: str
    octets: bytes
    companions: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class KeptFiles:
    database: Database
    vault: Vault
    records: EvidenceRecords
    deposited: DepositedFiles

    def of(self, guid: str) -> Sequence[KeptFile]:
        """Evidence by time, digest stamp, certificate, pack, evidence record: those that are there already.

        Of a purged transaction, its tombstone. Raises GatewayError(NOT_FOUND).
        """
        with self.database.read() as uow:
            rows = _Rows.read(uow, guid)
        files = [*rows.evidence_files(self.vault), *rows.stamp_files(), *rows.certificate_files(self.vault)]
        files += rows.pack_files(self.vault)
        return [*files, *self._record_files(rows), *self._imported_files(rows)]

    def _record_files(self, rows: "_Rows") -> Iterator[KeptFile]:
        """The newest record, which lists everything that the older ones do, over the files that it lists."""
        try:
            record = self.records.of(rows.owner)[-1]
        except GatewayError as error:
            if error.kind is ErrorKind.NOT_YET_THERE:
                return
            raise
        about = {item.name: self.deposited.read(rows.owner, rows.key, item) for item in items_of(record.leaf)}
        yield KeptFile("evidence-record.xml", record.octets, about)

    def _imported_files(self, rows: "_Rows") -> Iterator[KeptFile]:
        """Records that came with the transaction from another installation, over what they list."""
        for each in rows.imported:
            octets = self.vault.get(rows.owner, rows.key, each.record_sha256)
            leaf = self.vault.get(rows.owner, rows.key, each.leaf_sha256)
            about = {item.name: self.deposited.read(rows.owner, rows.key, item) for item in items_of(leaf)}
            yield KeptFile(f"imported-evidence-record-{each.position + 1}.xml", octets, about)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What there is of one owner: a transaction, or the tombstone of one."""

    owner: str
    key: DataKey
    evidence: Sequence[StoredEvidence]
    stamp: DigestStamp | None = None
    certificate: CertificateRecord | None = None
    pack: PackRecord | None = None
    imported: Sequence[ImportedRecord] = ()

    @classmethod
    def read(cls, uow: UnitOfWork, guid: str) -> "_Rows":
        """Raises GatewayError(NOT_FOUND)."""
        tombstone = uow.tombstones.get(guid)
        if tombstone is not None:
            return cls(tombstone.owner, uow.keys.get(tombstone.owner), _sealed(uow, tombstone.owner))
        if uow.transactions.get(guid) is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return cls(
            guid,
            uow.keys.get(guid),
            _sealed(uow, guid),
            uow.stamps.get(guid),
            uow.certificates.get(guid),
            uow.packs.get(guid),
            uow.custody.records(guid),
        )

    def evidence_files(self, vault: Vault) -> Iterator[KeptFile]:
        for number, each in enumerate(self.evidence, 1):
            event = each.event.rpartition("/")[2].rpartition(":")[2]
            octets = vault.reveal(self.key, each.body, each.id)
            yield KeptFile(f"{number:02d}-{event}.xml", octets, {})

    def stamp_files(self) -> Iterator[KeptFile]:
        if self.stamp is not None:
            yield KeptFile("digests.tst", self.stamp.token, {MANIFEST: self.stamp.manifest})

    def certificate_files(self, vault: Vault) -> Iterator[KeptFile]:
        if self.certificate is not None:
            for kind, body in (("xml", self.certificate.xml), ("pdf", self.certificate.pdf)):
                octets = vault.reveal(self.key, body, f"certificate.{kind}")
                yield KeptFile(f"certificate.{kind}", octets, {})

    def pack_files(self, vault: Vault) -> Iterator[KeptFile]:
        if self.pack is not None and self.pack.sha256 is not None:
            yield KeptFile("pack.asice", vault.get(self.owner, self.key, self.pack.sha256), {})


def _sealed(uow: UnitOfWork, owner: str) -> list[StoredEvidence]:
    return [each for each in uow.evidences.of(owner) if each.status is EvidenceStatus.SEALED]
