"""The vault over a folder: one encrypted file a blob and owner, synced before its row is written.

Clear octets and data keys live in memory only. Which owners exist is the database's knowledge.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.vault.keyring import NONCE_BYTES, Keyring
from gateway.adapters.vault.synced import make_folder, remove_folder, sync_folder, write_all
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

OWNER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}", re.ASCII)
BLOB = re.compile(r"[0-9a-f]{64}", re.ASCII)
SHARD = 2


class FileVault:
    """AES-256-GCM under each owner's data key: a 96-bit random nonce, then ciphertext and tag."""

    def __init__(self, root: Path, keyring: Keyring) -> None:
        """Raises GatewayError(CONFIGURATION) when the folder cannot be written."""
        self._root = root
        self._keyring = keyring
        try:
            # All shards are made and synced before the first blob: who finds one made by a rival, and not
            # yet synced, would otherwise acknowledge what a power cut takes away.
            make_folder(root)
            for number in range(16**SHARD):
                (root / f"{number:0{SHARD}x}").mkdir(mode=0o700, exist_ok=True)
            sync_folder(root)
        except OSError as error:
            raise GatewayError(ErrorKind.CONFIGURATION, "the vault's folder cannot be written") from error

    def new_key(self) -> DataKey:
        return self._keyring.new_key()

    def put(self, owner: str, key: DataKey, blobs: Iterable[bytes]) -> Sequence[bytes]:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the disk refuses; nothing may rely on it then."""
        cipher = self._keyring.open(key)
        folder = owner_folder(self._root, owner)
        digests, files = [], {}
        for blob in blobs:
            digest = hashlib.sha256(blob).digest()
            digests.append(digest)
            files[digest.hex()] = _seal(cipher, blob, _blob_context(owner, digest))
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
        octets = _open(self._keyring.open(key), sealed, _blob_context(owner, sha256))
        if hashlib.sha256(octets).digest() != sha256:
            raise GatewayError(ErrorKind.INTERNAL)
        return octets

    def forget(self, owner: str) -> None:
        """Raises GatewayError(TEMPORARILY_UNAVAILABLE) when the disk refuses; some blobs may be gone then."""
        folder = owner_folder(self._root, owner)
        try:
            remove_folder(folder)
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

    def protect(self, key: DataKey, octets: bytes, context: str) -> bytes:
        """Ciphertext for a column; `context` (which row and column) must be the same at `reveal`."""
        return _seal(self._keyring.open(key), octets, _column_context(context))

    def reveal(self, key: DataKey, ciphertext: bytes, context: str) -> bytes:
        """Raises GatewayError(INTERNAL) for another key, another context or changed octets."""
        return _open(self._keyring.open(key), ciphertext, _column_context(context))


def owner_folder(root: Path, owner: str) -> Path:
    """Where an owner's blobs are. Shards are by digest, for the GUIDs of one issuer begin alike."""
    if not OWNER.fullmatch(owner):
        raise GatewayError(ErrorKind.INTERNAL)
    return root / hashlib.sha256(owner.encode()).hexdigest()[:SHARD] / owner


def _seal(cipher: AESGCM, octets: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, octets, context)


def _open(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    try:
        # A view: copying megabytes only to leave the nonce out costs as much as deciphering them.
        return cipher.decrypt(sealed[:NONCE_BYTES], memoryview(sealed)[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise GatewayError(ErrorKind.INTERNAL) from None


def _blob_context(owner: str, digest: bytes) -> bytes:
    return b"blob\0" + owner.encode() + b"\0" + digest


def _column_context(context: str) -> bytes:
    return b"column\0" + context.encode()
