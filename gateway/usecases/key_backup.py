"""The wrapped data keys apart from the rest, so that an old backup opens with the newest of them.

Whoever has only this can open nothing: the key-encryption keys are kept elsewhere. Restoring never adds a
data key and never takes one away, so that nothing purged comes back by it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from gateway.domain.record import DataKey
from gateway.usecases.ports import Audit, Database, KekCustody, UnitOfWork

BATCH = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """`renewed` got the newer wrapping, `kept` had it already; `unknown` owners are not in this database;
    `dead` ones do not open under any key-encryption key that is there."""

    renewed: int = 0
    kept: int = 0
    unknown: int = 0
    dead: int = 0

    @property
    def total(self) -> int:
        return self.renewed + self.kept + self.unknown + self.dead


@dataclass(frozen=True, slots=True)
class KeyBackup:
    database: Database
    keks: KekCustody
    audit: Audit

    def export(self) -> Iterator[tuple[str, DataKey]]:
        """Every owner's wrapped data key, in order of owner; memory stays small."""
        last = ""
        while True:
            with self.database.read() as uow:
                page = uow.keys.page(last, BATCH)
            if not page:
                return
            yield from page
            last = page[-1][0]

    def restore(self, keys: Iterable[tuple[str, DataKey]]) -> Restored:
        """Give each owner that is here the newer of both wrappings, if it opens; resumable by repeating."""
        told, source = Restored(), iter(keys)
        while batch := list(islice(source, BATCH)):
            with self.database.write() as uow:
                for owner, key in batch:
                    told = self._one(uow, owner, key, told)
                uow.commit()
        self.audit("data-keys-imported", str(told.renewed))
        return told

    def _one(self, uow: UnitOfWork, owner: str, key: DataKey, told: Restored) -> Restored:
        here = uow.keys.find(owner)
        if here is None:
            return replace(told, unknown=told.unknown + 1)
        # Ids begin with their time, and data keys are only ever wrapped anew under a newer one.
        if here.kek_id >= key.kek_id:
            return replace(told, kept=told.kept + 1)
        if not self.keks.opens(key):
            return replace(told, dead=told.dead + 1)
        return replace(told, renewed=told.renewed + uow.keys.rewrap(owner, here, key))
