"""Locks an archive's files: AES-256-GCM under a random key, which only the passphrase unwraps.

An archive is on its way between two installations, so nothing in it is ever in clear, and each file opens
only as itself: archive and name are authenticated with it.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gateway.domain.archive import ArchiveLock
from gateway.domain.errors import ErrorKind, GatewayError

KEY_OCTETS, SALT_OCTETS, NONCE_OCTETS = 32, 16, 12
# OWASP's figures for scrypt: 128 MiB and half a second, once an archive.
COST, BLOCK_SIZE, PARALLELISM = 2**17, 8, 1
MAX_COST = 2**20
SHORTEST = 12


class ArchiveCipher:
    """Locks and opens the files of one archive."""

    def __init__(self, archive_id: str, key: bytes) -> None:
        self._archive_id = archive_id
        self._aes = AESGCM(key)

    def lock(self, name: str, octets: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_OCTETS)
        return nonce + self._aes.encrypt(nonce, octets, _context(self._archive_id, name))

    def open(self, name: str, locked: bytes) -> bytes:
        """Raises GatewayError(ARCHIVE_REFUSED) for other octets, or another file's."""
        try:
            nonce, rest = locked[:NONCE_OCTETS], locked[NONCE_OCTETS:]
            return self._aes.decrypt(nonce, rest, _context(self._archive_id, name))
        except (InvalidTag, ValueError):
            raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "a file does not open") from None


def new_lock(archive_id: str, passphrase: str) -> tuple[ArchiveLock, ArchiveCipher]:
    """A fresh key and how it is wrapped. Raises GatewayError(CONFIGURATION) for a short passphrase."""
    if len(passphrase) < SHORTEST:
        raise GatewayError(ErrorKind.CONFIGURATION, f"a passphrase has {SHORTEST} characters at least")
    key, salt = secrets.token_bytes(KEY_OCTETS), secrets.token_bytes(SALT_OCTETS)
    nonce = secrets.token_bytes(NONCE_OCTETS)
    wrapping = AESGCM(_derived(passphrase, salt, COST, BLOCK_SIZE, PARALLELISM))
    wrapped = nonce + wrapping.encrypt(nonce, key, _context(archive_id, "key"))
    return ArchiveLock(salt, COST, BLOCK_SIZE, PARALLELISM, wrapped), ArchiveCipher(archive_id, key)


def opened(archive_id: str, lock: ArchiveLock, passphrase: str) -> ArchiveCipher:
    """Raises GatewayError(ARCHIVE_REFUSED) for another passphrase, or a cost that nobody asks for."""
    if not 2 <= lock.cost <= MAX_COST or lock.block_size > 32 or lock.parallelism > 16:
        raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "its lock costs more than is allowed")
    wrapping = _derived(passphrase, lock.salt, lock.cost, lock.block_size, lock.parallelism)
    try:
        nonce, rest = lock.wrapped[:NONCE_OCTETS], lock.wrapped[NONCE_OCTETS:]
        key = AESGCM(wrapping).decrypt(nonce, rest, _context(archive_id, "key"))
    except (InvalidTag, ValueError):
        raise GatewayError(ErrorKind.ARCHIVE_REFUSED, "the passphrase does not open it") from None
    return ArchiveCipher(archive_id, key)


def _derived(passphrase: str, salt: bytes, cost: int, block_size: int, parallelism: int) -> bytes:
    scrypt = Scrypt(salt=salt, length=KEY_OCTETS, n=cost, r=block_size, p=parallelism)
    return scrypt.derive(passphrase.encode())


def _context(archive_id: str, name: str) -> bytes:
    return f"fehaciente-archive 1.0\0{archive_id}\0{name}".encode()
