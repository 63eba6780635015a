"""Writes an archive: each transaction's file locked, an index of their digests, and the sealed manifest.

The index goes through a temporary file, so that memory does not grow with the number of transactions.
"""

import hashlib
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from gateway.adapters.archive import bundle, locking, manifest_xml
from gateway.adapters.archive.files import new_output
from gateway.domain.archive import ArchivedTransaction, ArchiveManifest
from gateway.domain.parties import Issuer

MANIFEST, INDEX = "manifest.xml", "index.txt"
SHARD = 1000
Seal = Callable[[bytes], bytes]


class ArchiveWriter:
    """As a context manager: what is not finished leaves nothing behind. `seal` signs the manifest."""

    def __init__(self, target: Path, passphrase: str, seal: Seal) -> None:
        self.archive_id = str(uuid4())
        self._lock, self._cipher = locking.new_lock(self.archive_id, passphrase)
        self._seal = seal
        self._output = new_output(target)
        self._index = tempfile.NamedTemporaryFile(prefix="index-")  # noqa: SIM115  closed by __exit__
        self._digest = hashlib.sha256()
        self.count = 0
        self._finished = False

    def __enter__(self) -> "ArchiveWriter":
        return self

    def add(self, archived: ArchivedTransaction) -> None:
        guid = archived.record.guid
        locked = self._cipher.lock(guid, bundle.pack(archived))
        self._output.add(place(self.count, guid), locked)
        line = f"{guid} {hashlib.sha256(locked).hexdigest()} {len(locked)}\n".encode()
        self._index.write(line)
        self._digest.update(line)
        self.count += 1

    def finish(self, issuer: Issuer, installation: str, left_out: int, at: datetime) -> ArchiveManifest:
        manifest = ArchiveManifest(
            id=self.archive_id,
            installation=installation,
            issuer=issuer,
            created_at=at,
            transactions=self.count,
            left_out=left_out,
            index_sha256=self._digest.digest(),
            lock=self._lock,
        )
        self._index.flush()
        self._output.add_file(INDEX, Path(self._index.name))
        self._output.add(MANIFEST, self._seal(manifest_xml.render(manifest)))
        self._output.finish()
        self._finished = True
        return manifest

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._index.close()
        if not self._finished:
            self._output.abandon()


def place(number: int, guid: str) -> str:
    """The name of the file of the archive's `number`-th transaction."""
    return f"transactions/{number // SHARD:06d}/{guid}.bin"
