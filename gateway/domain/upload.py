"""Uploads: a large file that arrives in pieces before a batch takes it.

An upload goes forward only: OPEN (pieces arrive), COMPLETE (its file is whole and has the announced digest),
USED (a batch took it). One that is not used in time is removed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class UploadStatus(Enum):
    OPEN = "OPEN"
    COMPLETE = "COMPLETE"
    USED = "USED"


@dataclass(frozen=True, slots=True)
class Upload:
    """`size` and `received` in octets; `sha256` as announced. `file_id` is the whole file's in the spool,
    empty while it is OPEN; `used_for` the external id of the batch that took it."""

    id: str
    issuer: int
    size: int
    sha256: bytes
    created_at: datetime
    expires_at: datetime
    received: int = 0
    status: UploadStatus = UploadStatus.OPEN
    file_id: str = ""
    used_for: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """`size` octets of an upload from `start` on, in a file of the spool of their own."""

    upload: str
    start: int
    size: int
    file_id: str
