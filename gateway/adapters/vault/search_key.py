"""The installation's key of search marks: one file of mode 0600 beside the others, never in the database.

By a mark rows with the same telephone, address or identifier are found; without the key nobody guesses them.
"""

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.synced import UNFINISHED, make_folder, sync_folder, write_all
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey

KEY_BYTES = 32
# 160 bits in hexadecimal: what the narrowest column holds.
MARK_LENGTH = 40


@dataclass(frozen=True, slots=True)
class ColumnKeys:
    """Everything that storage needs to write and read personal columns."""

    keyring: Keyring
    search_key: bytes

    def unwrap(self, key: DataKey) -> bytes:
        return self.keyring.unwrap(key)

    def mark(self, kind: str, text: str) -> str:
        """HMAC-SHA-256 (RFC 2104) over kind and text, cut to 160 bits; kinds never share marks."""
        return hmac.digest(self.search_key, f"{kind}\0{text}".encode(), "sha256").hex()[:MARK_LENGTH]


def search_key(file: Path) -> bytes:
    """The key in the file, which is made if there is none; who comes second takes the first one's.

    Raises GatewayError(CONFIGURATION) for a file that others may read or that holds no key.
    """
    if not file.exists():
        _make(file)
    if file.stat().st_mode & 0o077:
        raise GatewayError(ErrorKind.CONFIGURATION, f"{file.name} must be readable by its owner only")
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise GatewayError(ErrorKind.CONFIGURATION, f"{file.name} is not a key")
    return key


def _make(file: Path) -> None:
    make_folder(file.parent)
    draft = f"{UNFINISHED}{secrets.token_hex(8)}"
    write_all(file.parent, {draft: secrets.token_bytes(KEY_BYTES).hex().encode() + b"\n"})
    # A link never replaces: whoever lost the race goes on with the winner's key.
    with suppress(FileExistsError):
        os.link(file.parent / draft, file)
    (file.parent / draft).unlink()
    sync_folder(file.parent)
