"""The vault over a folder: one encrypted file a blob and owner, synced before its row is written.

Clear octets and data keys live in memory only. Which owners exist is the database's knowledge.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.sealed import BLOB, SHARD, Sealed, sharded
from gateway.adapters.vault.synced import make_folder, remove_folder, sync_folder, write_all
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey


class FileVault(Sealed):
    def __init__(self, root: Path, keyring: Keyring) -> None:
        """Raises GatewayError(CONFIGURATION) when the folder cannot be written."""
        super().__init__(keyring)
        self._root = root
        try:
            # All shards are made and synced before the first blob: who finds one made by a rival, and not
            # yet synced, would otherwise acknowledge what a power cut takes away.
            make_folder(root)
            for number in range(16**SHARD):
                (root / f"{number:0{SHARD}x}").mkdir(mode=0o700, exist_ok=True)
            sync_folder(root)
        except OSError as error:
            raise GatewayError(ErrorKind.CONFIGURATION, "the vault's folder cannot be written") from error

    def put(self, owner: str, key: DataKey, blobs: Iterable[bytes]) -> Sequence[bytes]:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the disk refuses; nothing may rely on it then."""
        cipher = self._keyring.open(key)
        folder = owner_folder(self._root, owner)
        digests, files = [], {}
        for blob in blobs:
            digest = hashlib.sha256(blob).digest()
            digests.append(digest)
            files[digest.hex()] = self.sealed_blob(cipher, owner, digest, blob)
        try:
            make_folder(folder)
            write_all(folder, files)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        return digests

    def get(self, owner: str, key: DataKey, sha256: bytes) -> bytes:
        try:
            sealed = (owner_folder(self._root, owner) / sha256.hex()).read_bytes()
        except FileNotFoundError:
            raise GatewayError(ErrorKind.INTERNAL) from None
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        return self.opened_blob(key, owner, sha256, sealed)

    def forget(self, owner: str) -> None:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the disk refuses; some blobs may be gone then."""
        folder = owner_folder(self._root, owner)
        try:
            remove_folder(folder)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error

    def discard(self, owner: str, sha256: bytes) -> None:
        try:
            (owner_folder(self._root, owner) / sha256.hex()).unlink(missing_ok=True)
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error

    def held(self, owner: str) -> Sequence[bytes]:
        try:
            names = [path.name for path in owner_folder(self._root, owner).iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE) from error
        return [bytes.fromhex(name) for name in sorted(names) if BLOB.fullmatch(name)]

    def ping(self) -> None:
        """Raises GatewayError while the folder or the keys are away."""
        if not (self._root / ("0" * SHARD)).is_dir():
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the vault's folder is away")
        self.new_key()


def owner_folder(root: Path, owner: str) -> Path:
    """Where an owner's blobs are."""
    return root / sharded(owner)
