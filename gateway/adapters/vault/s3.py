"""The vault over an S3 bucket: one encrypted object a blob and owner, `prefix/shard/owner/digest`.

The same ciphers and contexts as on disk, so blobs can be copied between both. Keys tell GUIDs, nothing else.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import groupby

from gateway.adapters.vault.bucket import Bucket
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.sealed import BLOB, SHARD, Sealed, sharded
from gateway.adapters.vault.sweep import YOUNG, known
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey
from gateway.usecases.ports import Database


class S3Vault(Sealed):
    """`at_once`: objects of one owner that are on their way together."""

    def __init__(self, bucket: Bucket, prefix: str, keyring: Keyring, *, at_once: int = 4) -> None:
        super().__init__(keyring)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._senders = ThreadPoolExecutor(at_once, "vault")

    def put(self, owner: str, key: DataKey, blobs: Iterable[bytes]) -> Sequence[bytes]:
        """What is there and opens is left as it is. Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the
        service refuses; nothing may rely on it then."""
        self._folder(owner)
        digests, found = [], {}
        for blob in blobs:
            digests.append(hashlib.sha256(blob).digest())
            found[digests[-1]] = blob
        if len(found) == 1:
            # No thread for the usual case.
            [(digest, blob)] = found.items()
            self._put(owner, key, digest, blob)
        else:
            list(self._senders.map(lambda item: self._put(owner, key, *item), found.items()))
        return digests

    def _put(self, owner: str, key: DataKey, digest: bytes, blob: bytes) -> None:
        name = self._name(owner, digest)
        sealed = self.sealed_blob(self._keyring.open(key), owner, digest, blob)
        if self._bucket.put_once(name, sealed):
            return
        try:
            self.get(owner, key, digest)
        except GatewayError as error:
            if error.kind is ErrorKind.TEMPORARILY_UNAVAILABLE:
                raise
            # Left by somebody who never came to write its data key: nobody can read it.
            self._bucket.put(name, sealed)

    def get(self, owner: str, key: DataKey, sha256: bytes) -> bytes:
        sealed = self._bucket.get(self._name(owner, sha256))
        if sealed is None:
            raise GatewayError(ErrorKind.INTERNAL)
        return self.opened_blob(key, owner, sha256, sealed)

    def forget(self, owner: str) -> None:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the service refuses; some may be gone then."""
        self._bucket.remove([name for name, _ in self._bucket.listed(self._folder(owner))])

    def discard(self, owner: str, sha256: bytes) -> None:
        self._bucket.remove([self._name(owner, sha256)])

    def held(self, owner: str) -> Sequence[bytes]:
        folder = self._folder(owner)
        names = [name.removeprefix(folder) for name, _ in self._bucket.listed(folder)]
        return [bytes.fromhex(name) for name in sorted(names) if BLOB.fullmatch(name)]

    def ping(self) -> None:
        """Raises GatewayError while the bucket or the keys are away."""
        self._bucket.ping()
        self.new_key()

    def sweep(self, database: Database, now: datetime, young: timedelta = YOUNG) -> int:
        """Remove the blobs of owners without a data key whose newest is older than `young`; how many owners.

        `now` is this machine's, ages are the service's: they must agree within the hour that `young` is.
        """
        return sum(self._sweep(f"{number:0{SHARD}x}", database, now - young) for number in range(16**SHARD))

    def _sweep(self, shard: str, database: Database, limit: datetime) -> int:
        removed = 0
        for owner, names, newest in self._owners(f"{self._prefix}{shard}/"):
            if newest >= limit:
                continue
            with database.read() as unit:
                orphan = not known(owner, unit)
            if orphan:
                self._bucket.remove(names)
                removed += 1
        return removed

    def _owners(self, shard: str) -> Iterator[tuple[str, list[str], datetime]]:
        """The owners of a shard, each with its objects and the last change of any of them."""
        objects = (
            (name.removeprefix(shard).partition("/")[0], name, at) for name, at in self._bucket.listed(shard)
        )
        for owner, group in groupby(objects, key=lambda found: found[0]):
            members = list(group)
            yield owner, [name for _, name, _ in members], max(at for _, _, at in members)

    def _folder(self, owner: str) -> str:
        return f"{self._prefix}{sharded(owner)}/"

    def _name(self, owner: str, digest: bytes) -> str:
        return self._folder(owner) + digest.hex()
