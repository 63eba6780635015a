"""Webhook secrets, sealed (AES-256-GCM) under a subkey of the installation's search key, never in clear.

The database alone opens none, nor does a row copied to another subscription.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.domain.errors import ErrorKind, GatewayError

NONCE_BYTES = 12
SECRET_BYTES = 32


class SealedSecrets:
    """The port `SecretBox`, and what opens again. `root` is a key that is not in the database."""

    def __init__(self, root: bytes) -> None:
        self._cipher = AESGCM(hmac.digest(root, b"secrets of feedback subscriptions", "sha256"))

    def draw(self) -> str:
        return secrets.token_urlsafe(SECRET_BYTES)

    def seal(self, subscription: str, key_id: str, secret: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode("ascii"), _context(subscription, key_id))

    def open(self, subscription: str, key_id: str, sealed: bytes) -> bytes:
        """Raises GatewayError(CONFIGURATION) when it was sealed under another installation's key."""
        try:
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, _context(subscription, key_id))
        except (InvalidTag, ValueError):
            raise GatewayError(ErrorKind.CONFIGURATION, "a webhook's secret does not open") from None


def _context(subscription: str, key_id: str) -> bytes:
    return f"{subscription}/{key_id}".encode()
