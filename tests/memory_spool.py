"""A spool in memory that remembers what is in it."""

import hashlib
import io
from dataclasses import dataclass, field
from typing import BinaryIO

from gateway.domain.batch import SpooledFile


@dataclass
class MemorySpool:
    """What is in the spool, by id; `most` is the largest piece that was ever written at once."""

    files: dict[str, bytes] = field(default_factory=dict)
    created: int = 0
    most: int = 0

    def create(self) -> "MemoryWriter":
        self.created += 1
        return MemoryWriter(self, f"file-{self.created}")

    def open(self, file_id: str) -> BinaryIO:
        return io.BytesIO(self.files[file_id])

    def remove(self, file_id: str) -> None:
        self.files.pop(file_id, None)


@dataclass
class MemoryWriter:
    spool: MemorySpool
    id: str
    octets: bytearray = field(default_factory=bytearray)

    def write(self, chunk: bytes) -> None:
        self.spool.files[self.id] = b"unfinished"
        self.spool.most = max(self.spool.most, len(chunk))
        self.octets += chunk

    def finish(self) -> SpooledFile:
        self.spool.files[self.id] = bytes(self.octets)
        return SpooledFile(self.id, len(self.octets), hashlib.sha256(self.octets).digest())

    def abandon(self) -> None:
        self.spool.files.pop(self.id, None)
