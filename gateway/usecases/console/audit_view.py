"""Who did what: the audit log newest first, of one thing or of one person. It holds opaque words alone."""

import json
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.audit import AuditEntry
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Person
from gateway.usecases.console.permitted import reads_audit
from gateway.usecases.ports import Database
from gateway.usecases.ports.console import AuditPlace

PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditLine:
    at: datetime
    node: str
    sequence: int
    action: str
    subject: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`after` begins the next page; None: this is the last."""

    rows: tuple[AuditLine, ...]
    after: AuditPlace | None


@dataclass(frozen=True, slots=True)
class ViewAudit:
    database: Database

    def __call__(
        self, person: Person, about: str = "", by: str = "", place: AuditPlace | None = None
    ) -> AuditPage:
        """Raises GatewayError(ACCESS_DENIED) for those who do not answer for it."""
        if not reads_audit(person):
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        with self.database.read() as uow:
            rows = uow.overviews.audit(about, by, place, PAGE + 1)
        shown = tuple(map(_line, rows[:PAGE]))
        last = shown[-1] if len(rows) > PAGE else None
        return AuditPage(shown, AuditPlace(last.at, last.node, last.sequence) if last else None)


def _line(entry: AuditEntry) -> AuditLine:
    details = tuple(json.loads(entry.details).items())
    return AuditLine(entry.at, entry.node, entry.sequence, entry.action, entry.subject, details)
