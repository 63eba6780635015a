"""Operation codes and link tokens: drawn by the system's CSPRNG or derived, kept only as hashes.

Keys are files of 32 octets or more, mode 0600, one folder; the file's name is the key's id. The newest
(last by name) hashes new codes, every one that lies there still checks old ones, and the oldest derives
links. Comparing in constant time is the use case's; nothing here ever logs a code, a token or a key.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from gateway.domain.errors import ErrorKind, GatewayError

KEY_OCTETS = 32
DIGITS = 6
KEY_NAME = re.compile(r"[A-Za-z0-9-]{1,40}\.key", re.ASCII)


class KeyedCodes:
    """The port `Codes` over a set of keys by id. Raises GatewayError(CONFIGURATION) without any key."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) < KEY_OCTETS for key in keys.values()):
            raise GatewayError(
                ErrorKind.CONFIGURATION, f"code keys are {KEY_OCTETS} octets or more, one at least"
            )
        self._keys = dict(keys)
        self._newest = max(keys)
        self._links = hmac.digest(keys[min(keys)], b"access links", "sha256")

    @classmethod
    def from_folder(cls, folder: Path) -> "KeyedCodes":
        """Read every `*.key`; raises GatewayError(CONFIGURATION), naming the file others may read."""
        try:
            files = sorted(file for file in folder.iterdir() if KEY_NAME.fullmatch(file.name))
            return cls({file.stem: _private_octets(file) for file in files})
        except OSError as error:
            raise GatewayError(ErrorKind.CONFIGURATION, f"{folder.name}: {error.strerror}") from None

    def draw(self) -> str:
        return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"

    def draw_token(self) -> str:
        return secrets.token_urlsafe(KEY_OCTETS)

    def key_id(self) -> str:
        return self._newest

    def digest(self, key_id: str, challenge_id: str, code: str) -> bytes:
        """HMAC-SHA-256 (RFC 2104) over the challenge's id and the code; INTERNAL when the key is gone."""
        key = self._keys.get(key_id)
        if key is None:
            raise GatewayError(ErrorKind.INTERNAL, "the key of an operation code is no longer there")
        # The length keeps id and code apart, whatever characters they hold.
        framed = f"{len(challenge_id)}:{challenge_id}:{code}".encode()
        return hmac.digest(key, framed, "sha256")

    def link_token(self, guid: str, position: int, version: int = 0) -> str:
        """HMAC-SHA-256 under a subkey of the oldest key, so that links outlive every rotation of codes.

        Taking the oldest key away gives later notices other links, and voids the earlier ones.
        """
        place = f"{guid}/{position}/{version}" if version else f"{guid}/{position}"
        mac = hmac.digest(self._links, place.encode(), "sha256")
        return urlsafe_b64encode(mac).rstrip(b"=").decode()

    def verification_code(self, guid: str) -> str:
        """Like links: every attempt at a certificate prints the same 128 bits, in hexadecimal."""
        return hmac.digest(self._links, f"verify/{guid}".encode(), "sha256")[:16].hex()

    def message_mark(self, effect_id: str) -> str:
        """Like links: 160 bits in base 32, small letters, so that it fits an address's local part."""
        mac = hmac.digest(self._links, f"message/{effect_id}".encode(), "sha256")
        return b32encode(mac[:20]).decode().lower()

    def external_mark(self, issuer: int, external_id: str) -> bytes:
        """Like links, under a subkey that outlives every rotation: nobody guesses an identifier from it."""
        return hmac.digest(self._links, f"external/{issuer:04d}/{external_id}".encode(), "sha256")

    def page_mark(self, issuer: int, place: str) -> bytes:
        """Like links: nobody makes a page token, nor takes one over to another issuer."""
        return hmac.digest(self._links, f"page/{issuer:04d}/{place}".encode(), "sha256")[:16]

    def upload_handle(self, upload_id: str) -> str:
        """Like links: the id (32 characters) and an HMAC, so that asking again gives the same handle."""
        mac = hmac.digest(self._links, f"upload/{upload_id}".encode(), "sha256")
        return upload_id + urlsafe_b64encode(mac).rstrip(b"=").decode()

    def upload_of(self, handle: str) -> str | None:
        """The upload that a handle was made for, compared in constant time."""
        upload_id = handle[:32]
        genuine = hmac.compare_digest(self.upload_handle(upload_id).encode(), handle.encode())
        return upload_id if genuine else None

    def subkey(self, purpose: str) -> bytes:
        """Like links: 32 octets for another purpose, that outlive every rotation."""
        return hmac.digest(self._links, f"subkey/{purpose}".encode(), "sha256")

    def token_digest(self, token: str) -> bytes:
        """SHA-256: 256 bits that nobody can guess need no key."""
        return hashlib.sha256(token.encode()).digest()


def new_key(folder: Path, now: datetime) -> Path:
    """Write a fresh key, named by its moment so that it sorts last; creates the folder (0700)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}.key"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_bytes(KEY_OCTETS))
        stream.flush()
        os.fsync(stream.fileno())
    return file


def _private_octets(file: Path) -> bytes:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise GatewayError(ErrorKind.CONFIGURATION, f"{file.name} must be readable by its owner alone (0600)")
    return file.read_bytes()
