"""The audit log for what has no unit of work of its own: one entry, one transaction, synced.

How entries are chained is the domain's business, where they are kept is the database's.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from gateway.domain.audit import AuditHead


class Chain(Protocol):
    def append(self, action: str, subject: str, **details: str) -> AuditHead: ...


class Unit(Protocol):
    @property
    def audit(self) -> Chain: ...
    def commit(self) -> None: ...


class Audited(Protocol):
    def write(self) -> AbstractContextManager[Unit]: ...


class AuditLog:
    """Never to be called inside a unit of work that writes: append to that one instead."""

    def __init__(self, database: Audited) -> None:
        self._database = database

    def append(self, action: str, subject: str, **details: str) -> AuditHead:
        """Add an entry and commit it. Every value is one opaque word; raises ValueError for anything else."""
        with self._database.write() as uow:
            head = uow.audit.append(action, subject, **details)
            uow.commit()
        return head
