"""The evidence records of a transaction, one for each deposit that it is in, put together when asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.deposit import (
    Deposit,
    Leaf,
    Phase,
    RecordChain,
    RecordPath,
    TreeStamp,
    items_of,
)
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import DataKey
from gateway.usecases.commands import Reference
from gateway.usecases.deposit_leaves import context, members
from gateway.usecases.ports import Database, ExternalMark, RecordMaker, UnitOfWork, Vault
from gateway.usecases.queries import own

XML, ASN1 = "XML", "ASN.1"
# Octets of a digest, by its name.
SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True)
class RecordFile:
    """An evidence record, with the leaf document that its group of data objects begins with."""

    deposit: int
    octets: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything stored that one record is made of."""

    deposit: Deposit
    document: bytes
    chains: tuple[RecordChain, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRecords:
    database: Database
    vault: Vault
    maker: RecordMaker
    mark: ExternalMark

    def of(self, owner: str, form: str = XML) -> Sequence[RecordFile]:
        """Every record of a transaction (or refused submission), oldest deposit first; XML or ASN.1.

        The newest lists everything that the older ones do. Raises GatewayError: NOT_YET_THERE before the
        first deposit, NOT_FOUND or PURGED when its key is gone.
        """
        with self.database.read() as uow:
            leaves, key = uow.deposit_leaves.of(owner), uow.keys.get(owner)
            parts = [found for leaf in leaves if (found := self.parts(uow, leaf, key))]
        if not parts:
            raise GatewayError(ErrorKind.NOT_YET_THERE)
        return [RecordFile(each.deposit.number, self._written(form, each), each.document) for each in parts]

    def own(self, issuer: Issuer, reference: Reference, form: str = XML) -> Sequence[RecordFile]:
        """The records of an issuer's own transaction; raises as `of`, and NOT_FOUND for another's."""
        with self.database.read() as uow:
            guid = own(uow, self.mark, issuer, reference).guid
        return self.of(guid, form)

    def parts(self, uow: UnitOfWork, leaf: Leaf, key: DataKey) -> Parts | None:
        """What the record over a leaf is made of; None before its deposit is sealed."""
        deposit, paths = uow.deposits.get(leaf.deposit), uow.records.paths(leaf.deposit, leaf.owner)
        if deposit is None or deposit.phase is not Phase.SEALED:
            return None
        document = self.vault.reveal(key, leaf.body, context(leaf.deposit))
        chains = tuple(
            RecordChain(
                stamps[0].digest,
                self._digests(path, document, stamps[0].digest, key),
                path.xml_path,
                path.asn1_path,
                stamps,
            )
            for path, stamps in ((path, _covered(uow, paths, path)) for path in paths)
        )
        return Parts(deposit, document, chains)

    def _digests(self, path: RecordPath, document: bytes, digest: str, key: DataKey) -> tuple[bytes, ...]:
        if path.chain == 0:
            return members(document, items_of(document))
        octets = self.vault.reveal(key, path.members, members_context(path.deposit, path.chain))
        size = SIZES[digest]
        return tuple(octets[at : at + size] for at in range(0, len(octets), size))

    def _written(self, form: str, parts: Parts) -> bytes:
        deposit = parts.deposit
        sha256 = deposit.xml_sha256.hex() if deposit.xml_sha256 else "-"
        lines = [f"deposit {deposit.number}", f"file {sha256}"]
        if deposit.protocol:
            lines.append(f"protocol {deposit.protocol}")
        return self.maker.write(form, parts.chains, parts.document, "\n".join(lines) + "\n")


def _covered(uow: UnitOfWork, paths: Sequence[RecordPath], path: RecordPath) -> tuple[TreeStamp, ...]:
    """The stamps of a chain's tree: of all but the newest chain those that the next one covers."""
    stamps = tuple(uow.records.stamps(path.tree))
    later = next((each for each in paths if each.chain == path.chain + 1), None)
    return stamps if later is None else stamps[: later.covers]


def members_context(deposit: int, chain: int) -> str:
    """What the digests of a later chain are protected as."""
    return f"members-{deposit}-{chain}"
