"""Form tokens against cross-site requests: signed, bound to one browser's session, new in every page."""

import hashlib
import hmac
import secrets

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.sessions import derive

FIELD = "csrf"


class FormTokens:
    """`binding` is the (pre-)session id that the browser holds in a cookie of its own."""

    def __init__(self, key: bytes) -> None:
        self._key = derive(key, "csrf")

    def issue(self, binding: str) -> str:
        # A nonce in each page keeps the token from being guessed through compressed answers (BREACH).
        nonce = secrets.token_hex(8)
        return f"{nonce}.{self._mac(nonce, binding)}"

    def check(self, binding: str | None, token: str) -> None:
        """Raises GatewayError(CSRF) unless the token was issued to this very browser."""
        nonce, _, mac = token.partition(".")
        if not binding or not hmac.compare_digest(mac.encode(), self._mac(nonce, binding).encode()):
            raise GatewayError(ErrorKind.CSRF)

    def _mac(self, nonce: str, binding: str) -> str:
        return hmac.new(self._key, f"{nonce}.{binding}".encode(), hashlib.sha256).hexdigest()
