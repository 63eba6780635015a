"""What a pack is made with, and where its row is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.pack import PackEntry, PackFile, PackRecord
from gateway.domain.record import DocumentRecord, SignedFile


class PackPaper(Protocol):
    """The container's form."""

    def guides(
        self,
        guid: str,
        documents: Sequence[DocumentRecord],
        digests: bool,
        *,
        signed: Sequence[SignedFile] = (),
        visits: bool = False,
        messages: bool = False,
        receipts: bool = False,
        test: bool = False,
    ) -> Sequence[PackFile]:
        """Texts in Spanish and English that say what is inside and how to verify it with public tools.

        `digests`: the documents' digests were time-stamped, and are in the pack. A `test` says so first.
        `visits`: so is the log of accesses to a publication; `messages` as they were handed over, and
        `receipts` as channels told them.
        """

    def container(self, files: Sequence[PackFile], signatures: bytes, at: datetime) -> bytes:
        """ASiC-E (EN 319 162-1); deterministic, `at` is the date of every file in it."""


class PackSealer(Protocol):
    def seal(self, files: Sequence[PackEntry]) -> bytes:
        """META-INF/signatures.xml: one detached XAdES signature over all files.

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no time-stamping authority answers.
        """


class Packs(Protocol):
    def intend(self, guid: str, index_sha256: bytes) -> bytes:
        """Note the digest of the list of files, once; the one that stands, which may be an earlier one."""

    def publish(self, record: PackRecord) -> bool:
        """Compare-and-set of the made pack, once, on the very list that was noted."""

    def get(self, guid: str) -> PackRecord | None:
        """None before it is intended; without `sha256` before it is made."""
