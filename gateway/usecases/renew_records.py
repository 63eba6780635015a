"""Hash-tree renewal (RFC 6283 clause 4.2.2, RFC 4998 clause 5.2) before a digest algorithm ends.

The data is read again and digested by the new algorithm, together with everything that proved it so far: a
new chain of each record begins, many of them in one tree under one token.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from gateway.domain.deposit import RecordChain, RecordPath, items_of
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.deposited_files import DepositedFiles
from gateway.usecases.evidence_records import ASN1, XML, EvidenceRecords, members_context
from gateway.usecases.ports import Clock, Database, RecordMaker, Vault
from gateway.usecases.renew_stamps import RenewStamps, longer, settled

BATCH = 500
DIGESTS = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True)
class RenewalReport:
    """`stamps` and `records` were renewed (or, dry, are due); `lost` time-stamps ended before they were
    renewed, or their authority was revoked; `failed` records have data that is lost or changed. Names: trees,
    and deposit:owner.
    """

    stamps: int
    records: int
    lost: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A new chain before its tree is there; `own` are the data's digests by the new algorithm."""

    path: RecordPath
    key: DataKey
    own: tuple[bytes, ...]
    xml_leaf: bytes
    asn1_leaf: bytes


@dataclass(frozen=True, slots=True)
class RenewRecords:
    """`digest` is what ended algorithms are renewed with; `margin` how long before their end."""

    database: Database
    vault: Vault
    records: EvidenceRecords
    files: DepositedFiles
    maker: RecordMaker
    renew_stamps: RenewStamps
    clock: Clock
    margin: timedelta
    digest: str

    def __call__(self) -> RenewalReport:
        """Both renewals of everything that is due. Raises GatewayError(CONFIGURATION): see RenewStamps."""
        records, failed = 0, []
        for digest in self._ending():
            longer(self.maker.digest_ends(self.digest), self.clock.now() + self.margin)
            for batch in self._batches(digest):
                renewed, broken = self._renew(batch)
                records += renewed
                failed += broken
        stamps, lost = self.renew_stamps()
        return RenewalReport(stamps, records, lost, tuple(failed))

    def due(self) -> RenewalReport:
        """What would be renewed now; nothing is."""
        stamps = self.renew_stamps.due()
        records = sum(len(batch) for digest in self._ending() for batch in self._batches(digest))
        return RenewalReport(len(stamps.due), records, tuple(stamp.tree for stamp in stamps.lost))

    def _ending(self) -> list[str]:
        horizon = self.clock.now() + self.margin
        return [digest for digest in DIGESTS if self.maker.digest_ends(digest) <= horizon]

    def _batches(self, digest: str) -> Iterator[list[RecordPath]]:
        after = (0, "")
        while True:
            with self.database.read() as uow:
                batch = list(uow.records.by_digest(digest, after, BATCH))
            if batch:
                yield batch
                after = (batch[-1].deposit, batch[-1].owner)
            if len(batch) < BATCH:
                return

    def _renew(self, batch: list[RecordPath]) -> tuple[int, list[str]]:
        """One tree and one token for a batch, stored in one unit of work; how many, and which are broken."""
        begun, broken = [], []
        for path in batch:
            try:
                begun += self._begun(path)
            except GatewayError as error:
                if error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE:
                    raise
                broken.append(f"{path.deposit}:{path.owner}")
        if not begun:
            return 0, broken
        tree = self.maker.tree(
            self.digest, [leaf for each in begun for leaf in (each.xml_leaf, each.asn1_leaf)]
        )
        stamp = self.maker.stamp(f"renewal-{uuid4().hex}", 0, self.digest, tree.root)
        longer(self.maker.ends(stamp.token), self.clock.now() + self.margin)
        with self.database.write() as uow:
            won = 0
            for place, each in enumerate(begun):
                octets = self.vault.protect(
                    each.key, b"".join(each.own), members_context(each.path.deposit, each.path.chain)
                )
                path = replace(
                    each.path,
                    tree=stamp.tree,
                    members=octets,
                    xml_path=b"".join(tree.path(2 * place)),
                    asn1_path=b"".join(tree.path(2 * place + 1)),
                )
                won += uow.records.add_path(path)
            uow.records.add_stamp(stamp)
            uow.audit.append("records-renewed", f"{won}", tree=stamp.tree)
            uow.commit()
        return won, broken

    def _begun(self, last: RecordPath) -> list[_Begun]:
        """Digest the data of one record anew; nothing when its owner was purged."""
        with self.database.read() as uow:
            stamps = uow.records.stamps(last.tree)
            key, leaf = uow.keys.find(last.owner), uow.deposit_leaves.get(last.deposit, last.owner)
        if key is None or leaf is None:
            return []
        settled(self.database, self.maker, stamps[-1])
        with self.database.read() as uow:
            parts = self.records.parts(uow, leaf, key)
        if parts is None or not parts.chains[-1].stamps[-1].final:
            # Renewed by another process meanwhile: the next run covers what that one added.
            return []
        data = [self.files.read(last.owner, key, item) for item in items_of(parts.document)]
        own = tuple({self.maker.digest(self.digest, octets): None for octets in (parts.document, *data)})
        covers = len(parts.chains[-1].stamps)
        path = RecordPath(last.deposit, last.owner, last.chain + 1, "", b"", b"", covers)
        return [
            _Begun(path, key, own, self._leaf(XML, own, parts.chains), self._leaf(ASN1, own, parts.chains))
        ]

    def _leaf(self, form: str, own: tuple[bytes, ...], chains: tuple[RecordChain, ...]) -> bytes:
        return self.maker.chain_leaf(form, self.digest, own, chains)
