"""What `fehaciente audit` does, with everything it needs built for it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.bootstrap.technology import open_database
from gateway.domain.audit import AuditEntry, AuditHead, ChainReport
from gateway.settings import Settings
from gateway.usecases.audit_trail import AuditTrail


@dataclass(frozen=True, slots=True)
class Desk:
    """The command line's `AuditDesk`: rows are enough for it, no key is read."""

    trail: AuditTrail

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
        yield Desk(AuditTrail(database))
    finally:
        database.close()
