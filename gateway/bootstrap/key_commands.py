"""What the command `keys` does, with everything it needs built for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.vault import kek_files
from gateway.bootstrap import approved
from gateway.bootstrap.configured import load
from gateway.bootstrap.system import system
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.approval import Change
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.settings import Settings
from gateway.usecases.approvals import Content
from gateway.usecases.key_backup import KeyBackup, Restored
from gateway.usecases.shred import Shred, Shredded


@dataclass(frozen=True, slots=True)
class Keys:
    """The port KeyDesk over one installation."""

    settings: Settings
    tech: Technology
    shredder: Shred
    backup: KeyBackup

    def rotate(self) -> str:
        """Raises GatewayError(APPROVAL_MISSING) where two persons have to approve it first."""
        self._must_be_approved(Change.KEK_ROTATION, approved.kek_rotation(self.settings.vault.keys))
        kek_id = kek_files.create(self.settings.vault.keys, self.tech.clock.now())
        self.tech.audit.append("kek-made", kek_id)
        return kek_id

    def shred(self, kek_ids: Iterable[str]) -> Shredded:
        """Raises GatewayError(RULE_BROKEN) for an id that never was: no destruction is told of it."""
        chosen, folder = tuple(kek_ids), self.settings.vault.keys
        unknown = set(chosen) - set(kek_files.living(folder)) - kek_files.destroyed(folder)
        if unknown:
            raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no such key: {min(unknown)}")
        if not chosen:
            return self.shredder.due()
        self._must_be_approved(Change.KEK_SHREDDING, approved.kek_shredding(chosen))
        return self.shredder(chosen)

    def _must_be_approved(self, change: Change, content: Content) -> None:
        """The approval is used up first: a crash in between costs another one, never a key too many."""
        with self.tech.database.write() as uow:
            approved.approvals(self.settings, self.tech.database, self.tech.clock).use(
                uow, change, content.digest
            )
            uow.commit()

    def export(self) -> Iterable[tuple[str, DataKey]]:
        return self.backup.export()

    def restore(self, keys: Iterable[tuple[str, DataKey]]) -> Restored:
        return self.backup.restore(keys)


@contextmanager
def opened(config: Path | None) -> Iterator[Keys]:
    settings = load(config)
    tech = technology(settings)
    try:
        shredder = system(settings, tech, lambda: None).shred
        yield Keys(settings, tech, shredder, KeyBackup(tech.database, tech.keks, tech.audit.append))
    finally:
        tech.database.close()
