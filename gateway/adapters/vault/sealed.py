"""What every vault does alike: names of owners and blobs, and AES-256-GCM under each owner's data key.

A blob opens for its owner and digest only, a column in its context only. It stores nothing.
"""

import hashlib
import re
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.adapters.vault.keyring import NONCE_BYTES, Keyring
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

OWNER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}", re.ASCII)
BLOB = re.compile(r"[0-9a-f]{64}", re.ASCII)
SHARD = 2


class Sealed:
    """A 96-bit random nonce, then ciphertext and tag."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def new_key(self) -> DataKey:
        return self._keyring.new_key()

    def protect(self, key: DataKey, octets: bytes, context: str) -> bytes:
        """Ciphertext for a column; `context` (which row and column) must be the same at `reveal`."""
        return _seal(self._keyring.open(key), octets, _column_context(context))

    def reveal(self, key: DataKey, ciphertext: bytes, context: str) -> bytes:
        """Raises GatewayError(INTERNAL) for another key, another context or changed octets."""
        return _open(self._keyring.open(key), ciphertext, _column_context(context))

    def sealed_blob(self, cipher: AESGCM, owner: str, digest: bytes, blob: bytes) -> bytes:
        return _seal(cipher, blob, _blob_context(owner, digest))

    def opened_blob(self, key: DataKey, owner: str, digest: bytes, sealed: bytes) -> bytes:
        """The clear octets of that digest, or GatewayError(INTERNAL)."""
        octets = _open(self._keyring.open(key), sealed, _blob_context(owner, digest))
        if hashlib.sha256(octets).digest() != digest:
            raise GatewayError(ErrorKind.INTERNAL)
        return octets


def sharded(owner: str) -> str:
    """`shard/owner`. Shards are by digest, for the GUIDs of one issuer begin alike."""
    if not OWNER.fullmatch(owner):
        raise GatewayError(ErrorKind.INTERNAL)
    return f"{hashlib.sha256(owner.encode()).hexdigest()[:SHARD]}/{owner}"


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
