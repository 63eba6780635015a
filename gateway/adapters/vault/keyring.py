"""Key-encryption keys, one file of mode 0600 each: the newest wraps data keys, all of them unwrap.

Adding a file rotates without downtime. It never shows a key, and knows neither blobs nor owners.
"""

import re
import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.vault.synced import make_folder, write_all
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

FILE = re.compile(r"kek-([0-9A-Za-z]+-[0-9a-f]{8})\.key", re.ASCII)
KEY_BYTES = 32
NONCE_BYTES = 12


def create(folder: Path, now: datetime) -> str:
    """Add a key-encryption key and return its id, which begins with its time: the greatest is the newest.

    One key wraps at most 2**32 data keys (NIST SP 800-38D, 8.3): make a new one long before.
    """
    kek_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    make_folder(folder)
    write_all(folder, {f"kek-{kek_id}.key": secrets.token_bytes(KEY_BYTES).hex().encode() + b"\n"})
    return kek_id


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
        kek_id = max(self._keys)
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = self._keys[kek_id].encrypt(nonce, secrets.token_bytes(KEY_BYTES), kek_id.encode())
        return DataKey(kek_id, nonce + wrapped)

    def open(self, key: DataKey) -> AESGCM:
        """The cipher of a data key. Raises GatewayError(INTERNAL) when it cannot be unwrapped."""
        if key.kek_id not in self._keys:
            self._seen = -1
            self._refresh()
        kek = self._keys.get(key.kek_id)
        if kek is None:
            raise GatewayError(ErrorKind.INTERNAL)
        nonce, wrapped = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
        try:
            return AESGCM(kek.decrypt(nonce, wrapped, key.kek_id.encode()))
        except (InvalidTag, ValueError):
            raise GatewayError(ErrorKind.INTERNAL) from None

    def _refresh(self) -> None:
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            raise GatewayError(ErrorKind.CONFIGURATION, "the folder of keys is missing") from None
        if changed != self._seen:
            # A new mapping, never a changed one: other threads are reading the old.
            self._keys = _load(self._folder)
            self._seen = changed


def _load(folder: Path) -> dict[str, AESGCM]:
    found = ((FILE.fullmatch(path.name), path) for path in folder.iterdir())
    keys = {match[1]: _read(path) for match, path in found if match}
    if not keys:
        raise GatewayError(ErrorKind.CONFIGURATION, "the folder of keys holds no key")
    return keys


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
