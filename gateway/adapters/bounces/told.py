"""What a mail told of a message, before it is known which message that is."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.reports import Failure, ReportKind


@dataclass(frozen=True, slots=True)
class Told:
    """`at` is when it happened by the teller's clock, None where nobody says."""

    kind: ReportKind
    at: datetime | None = None
    failure: Failure | None = None
    details: tuple[tuple[str, str], ...] = ()
