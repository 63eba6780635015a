"""The audit log: rows that are only ever added, each holding the digest of the one before it."""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.audit import AuditEntry, AuditHead


class AuditChain(Protocol):
    """This process's node appends; every node's chain can be read."""

    def append(self, action: str, subject: str, **details: str) -> AuditHead:
        """Add an entry in this unit of work; whoever audits on the same node waits for its end.

        Let it be the last thing before `commit()`. Every value is one opaque word: raises ValueError for
        anything else.
        """

    def heads(self) -> Sequence[AuditHead]:
        """The newest entry of each node that ever audited, by the nodes' names."""

    def nodes(self) -> Sequence[str]:
        """Every node with an entry or a noted head, by name."""

    def entries(self, node: str, after: int, limit: int) -> Sequence[AuditEntry]:
        """The node's entries with a higher sequence than `after`, lowest first, at most `limit`."""
