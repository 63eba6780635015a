"""What the gateway answers about batches, as plain values. Instants are aware."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch is. `status` is RECEIVED, RUNNING, FINISHED or REFUSED; `code` and `detail` say why it
    was refused as a whole; `progress` counts its transactions as (state, result, how many)."""

    id: str
    external_id: str
    status: str
    received_at: datetime
    finished_at: datetime | None
    total: int
    accepted: int
    refused: int
    policy: str
    file_sha256: str
    code: str
    detail: str
    progress: tuple[tuple[int, int, int], ...]

    @property
    def over(self) -> bool:
        return self.status in {"FINISHED", "REFUSED"}


@dataclass(frozen=True, slots=True)
class BatchItem:
    """The answer to one item: a GUID, or a code with its texts. `position` counts from 1."""

    position: int
    external_id: str
    guid: str
    code: str
    text_en: str
    text_es: str
    detail: str


@dataclass(frozen=True, slots=True)
class Upload:
    """Where pieces go: `received` octets are there; `handle` is a secret until the batch is submitted."""

    handle: str
    expires_at: datetime
    received: int
    piece_size: int
