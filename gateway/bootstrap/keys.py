"""The keys of one installation that are not certificates: made once, 0600, never overwritten."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from gateway.adapters.crypto import codes
from gateway.adapters.vault import keyring
from gateway.settings import Settings, read_secret

SESSION_KEY_OCTETS = 32


def create(settings: Settings, now: datetime) -> None:
    """One key to wrap data keys, one to hash codes, one to sign the portal's cookies."""
    keyring.create(settings.vault.keys, now)
    codes.new_key(settings.codes.keys, now)
    _new_secret(settings.security.session_key)


def session_key(settings: Settings) -> bytes:
    """Raises SettingsError when the file is missing or others may read it."""
    return bytes.fromhex(read_secret(settings.security.session_key))


def _new_secret(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(SESSION_KEY_OCTETS) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
