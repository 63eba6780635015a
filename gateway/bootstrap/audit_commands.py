"""What `fehaciente audit` does, with everything it needs built for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.bootstrap.audit_anchors import read_anchor
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.domain.audit import Anchor, AuditEntry, AuditHead, ChainReport
from gateway.settings import Settings
from gateway.usecases.audit_trail import AuditTrail
from gateway.usecases.ports import Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """The command line's `AuditDesk`: rows and roots are enough for it, no key is read."""

    settings: Settings
    clock: Clock
    trail: AuditTrail

    def anchor(self, file: Path) -> Anchor:
        return read_anchor(self.settings, self.clock, file)

    def verify(self, kept: Sequence[AuditHead]) -> Sequence[ChainReport]:
        return self.trail.verify(kept)

    def heads(self) -> Sequence[AuditHead]:
        return self.trail.heads()

    def entries(self, node: str, after: int, limit: int) -> Sequence[AuditEntry]:
        return self.trail.entries(node, after, limit)


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    database = open_database(settings)
    try:
        yield Desk(settings, SystemClock(), AuditTrail(database))
    finally:
        database.close()
