"""Wraps and unwraps data keys: the newest key-encryption key wraps, all that live unwrap.

Adding a file rotates without downtime. It never shows a key, and knows neither blobs nor owners; files are
made and destroyed in kek_files.py.
"""

import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.vault import kek_files
from gateway.adapters.vault.kek_files import KEY_BYTES, create
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

__all__ = ["KEY_BYTES", "NONCE_BYTES", "Keyring", "create"]
NONCE_BYTES = 12


class Keyring:
    """Wraps and unwraps data keys under the keys of a folder, which is read again when it changes."""

    def __init__(self, folder: Path) -> None:
        """Raises GatewayError(CONFIGURATION) when there is no key, or one that others may read."""
        self._folder = folder
        self._keys: dict[str, AESGCM] = {}
        self._seen = -1
        self._refresh()

    def new_key(self) -> DataKey:
        """A random AES-256 data key, wrapped by the newest key-encryption key."""
        self._refresh()
        return self._wrap(secrets.token_bytes(KEY_BYTES))

    def open(self, key: DataKey) -> AESGCM:
        """The cipher of a data key. Raises GatewayError: KEY_DESTROYED, or INTERNAL for what never opens."""
        return AESGCM(self.unwrap(key))

    def rewrap(self, key: DataKey) -> DataKey:
        """The same data key under the newest key-encryption key, opened once more before it is given out."""
        self._refresh()
        clear = self.unwrap(key)
        again = self._wrap(clear)
        if self.unwrap(again) != clear:
            raise GatewayError(ErrorKind.INTERNAL)
        return again

    def newest(self) -> str:
        """The id of the key that wraps."""
        self._refresh()
        return max(self._keys)

    def opens(self, key: DataKey) -> bool:
        try:
            self.unwrap(key)
        except GatewayError:
            return False
        return True

    def is_destroyed(self, kek_id: str) -> bool:
        return kek_id in kek_files.destroyed(self._folder)

    def destroy(self, kek_id: str, now: datetime) -> None:
        """Destroy a key-encryption key for good; see kek_files.destroy."""
        kek_files.destroy(self._folder, kek_id, now)
        self._refresh()

    def unwrap(self, key: DataKey) -> bytes:
        """The octets of a data key: to live in memory, for as short as can be."""
        kek = self._keys.get(key.kek_id) or self._looked_up(key.kek_id)
        nonce, wrapped = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
        try:
            return kek.decrypt(nonce, wrapped, key.kek_id.encode())
        except (InvalidTag, ValueError):
            raise GatewayError(ErrorKind.INTERNAL) from None

    def _wrap(self, clear: bytes) -> DataKey:
        keys = self._keys
        kek_id = max(keys)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return DataKey(kek_id, nonce + keys[kek_id].encrypt(nonce, clear, kek_id.encode()))

    def _looked_up(self, kek_id: str) -> AESGCM:
        self._seen = -1
        self._refresh()
        if kek_id in self._keys:
            return self._keys[kek_id]
        raise GatewayError(ErrorKind.KEY_DESTROYED if self.is_destroyed(kek_id) else ErrorKind.INTERNAL)

    def _refresh(self) -> None:
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            raise GatewayError(
                ErrorKind.CONFIGURATION, f"{self._folder} is missing: fehaciente pki init makes it"
            ) from None
        if changed != self._seen:
            # A new mapping, never a changed one: other threads are reading the old.
            self._keys = _load(self._folder)
            self._seen = changed


def _load(folder: Path) -> dict[str, AESGCM]:
    read = {
        kek_id: _unless_destroyed(folder, kek_id, path) for kek_id, path in kek_files.living(folder).items()
    }
    keys = {kek_id: key for kek_id, key in read.items() if key is not None}
    if not keys:
        raise GatewayError(ErrorKind.CONFIGURATION, "the folder of keys holds no key")
    return keys


def _unless_destroyed(folder: Path, kek_id: str, path: Path) -> AESGCM | None:
    try:
        return _read(path)
    except (GatewayError, FileNotFoundError):
        # Another process may just be overwriting it, after its tombstone.
        if kek_id in kek_files.destroyed(folder):
            return None
        raise


def _read(path: Path) -> AESGCM:
    if path.stat().st_mode & 0o077:
        raise GatewayError(ErrorKind.CONFIGURATION, f"{path.name} must be readable by its owner only")
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise GatewayError(ErrorKind.CONFIGURATION, f"{path.name} is not a key")
    return AESGCM(key)
