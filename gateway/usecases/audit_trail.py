"""Reading the audit log: every node's chain, checked against itself and against heads held outside.

It changes nothing. Whoever may change every row of the database is found out only by what others hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.audit import AuditEntry, AuditHead, ChainReport, check
from gateway.usecases.ports import Database, UnitOfWork

PAGE = 1000


@dataclass(frozen=True, slots=True)
class AuditTrail:
    database: Database

    def verify(self, kept: Sequence[AuditHead] = ()) -> Sequence[ChainReport]:
        """One report a node, also of those that only `kept` knows of; all in one consistent picture."""
        with self.database.read() as uow:
            noted = {head.node: head for head in uow.audit.heads()}
            nodes = sorted({*uow.audit.nodes(), *(head.node for head in kept)})
            return [
                check(node, _walk(uow, node), [head for head in kept if head.node == node], noted.get(node))
                for node in nodes
            ]

    def heads(self) -> Sequence[AuditHead]:
        with self.database.read() as uow:
            return uow.audit.heads()

    def entries(self, node: str, after: int, limit: int) -> Sequence[AuditEntry]:
        """Lowest sequence first; of every node, one after the other, when none is named."""
        with self.database.read() as uow:
            nodes = [node] if node else uow.audit.nodes()
            return [entry for each in nodes for entry in uow.audit.entries(each, after, limit)]


def _walk(uow: UnitOfWork, node: str) -> Iterator[AuditEntry]:
    after = -(2**62)
    while page := uow.audit.entries(node, after, PAGE):
        yield from page
        after = page[-1].sequence
