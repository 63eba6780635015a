"""Reads an archive: the manifest's seal and the index first, then one transaction after the other.

Nothing is handed out before its digest stands in the sealed manifest. It stores nothing.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from gateway.adapters.archive import bundle, locking, manifest_xml
from gateway.adapters.archive.files import chunks, open_input
from gateway.adapters.archive.writer import INDEX, MANIFEST, place
from gateway.domain.archive import ArchivedTransaction, ArchiveEntry, ArchiveManifest
from gateway.domain.errors import ErrorKind, GatewayError

LINE = re.compile(rb"(\d{6}-\d{4}-\d{15}\.par) ([0-9a-f]{64}) (\d{1,12})\n", re.ASCII)
LINE_LIMIT = 200
MANIFEST_LIMIT = 5_000_000
# Takes the sealed octets, gives the verified document's root; raises GatewayError.
Verify = Callable[[bytes], etree._Element]


class ArchiveReader:
    """Raises GatewayError, at the latest where it is met: SIGNATURE_INVALID and its kin for the seal,
    ARCHIVE_REFUSED for whatever does not agree with what was sealed."""

    def __init__(self, source: Path, passphrase: str, verify: Verify) -> None:
        self._input = open_input(source)
        self.manifest: ArchiveManifest = manifest_xml.read(verify(self._input.read(MANIFEST, MANIFEST_LIMIT)))
        self._cipher = locking.opened(self.manifest.id, self.manifest.lock, passphrase)
        self._check_index()

    def transactions(self) -> Iterator[tuple[ArchiveEntry, ArchivedTransaction]]:
        """In the order of the index; one in memory at a time."""
        for number, entry in enumerate(self._entries()):
            locked = self._input.read(place(number, entry.guid), entry.size)
            if len(locked) != entry.size or hashlib.sha256(locked).digest() != entry.sha256:
                raise _refused(f"the file of {entry.guid} is not the one that was sealed")
            archived = bundle.unpack(self._cipher.open(entry.guid, locked))
            if archived.record.guid != entry.guid:
                raise _refused(f"the file of {entry.guid} holds another transaction")
            yield entry, archived

    def close(self) -> None:
        self._input.close()

    def _check_index(self) -> None:
        digest, lines = hashlib.sha256(), 0
        with self._input.stream(INDEX) as stream:
            for octets in chunks(stream):
                digest.update(octets)
                lines += octets.count(b"\n")
        if digest.digest() != self.manifest.index_sha256 or lines != self.manifest.transactions:
            raise _refused("its index is not the one that was sealed")

    def _entries(self) -> Iterator[ArchiveEntry]:
        with self._input.stream(INDEX) as stream:
            while line := stream.readline(LINE_LIMIT):
                found = LINE.fullmatch(line)
                if not found:
                    raise _refused("a line of its index cannot be read")
                yield ArchiveEntry(found[1].decode(), bytes.fromhex(found[2].decode()), int(found[3]))


def _refused(why: str) -> GatewayError:
    return GatewayError(ErrorKind.ARCHIVE_REFUSED, why)
