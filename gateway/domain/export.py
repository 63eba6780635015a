"""An export of a search: who asked for it, how far it is, and how long its file lives."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExportPhase(StrEnum):
    """Stored: never rename one. TAKEN was downloaded, once; ENDED has no file any more."""

    ASKED = "ASKED"
    READY = "READY"
    TAKEN = "TAKEN"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Export:
    """`search` is JSON of marks, keys and instants. `clear`: nothing in the file is masked.

    `found` is how many transactions it will hold, `done` how many are written.
    """

    id: str
    person: str
    asked_at: datetime
    expires_at: datetime
    search: str
    clear: bool
    language: str
    phase: ExportPhase = ExportPhase.ASKED
    found: int = 0
    done: int = 0
    file_id: str = ""
