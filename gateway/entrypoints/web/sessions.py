"""Values that travel in a cookie and come back unchanged or not at all: JSON under HMAC-SHA256.

They are signed, not hidden: nothing that the browser's owner may not read belongs in them.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from gateway.domain.errors import ErrorKind, GatewayError

_SHORTEST_KEY = 32


def derive(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, so that no value signed for one is ever good for another.

    Raises GatewayError(CONFIGURATION) for a key under 256 bits.
    """
    if len(key) < _SHORTEST_KEY:
        raise GatewayError(ErrorKind.CONFIGURATION, "the web key must have 32 bytes at least")
    return hmac.digest(key, b"fehaciente web 1 " + purpose.encode(), hashlib.sha256)


class Signer:
    """Signs and opens the values of one purpose."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._key = derive(key, purpose)

    def sign(self, values: Mapping[str, str | int]) -> str:
        body = _encode(json.dumps(values, separators=(",", ":"), sort_keys=True).encode())
        return f"{body}.{self._mac(body)}"

    def open(self, text: str) -> dict[str, str | int] | None:
        """The values, or None when they are not exactly what was signed here."""
        body, _, mac = text.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            return None
        try:
            values: dict[str, str | int] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (binascii.Error, ValueError):
            return None
        return values

    def _mac(self, body: str) -> str:
        return _encode(hmac.digest(self._key, body.encode(), hashlib.sha256))


def _encode(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
