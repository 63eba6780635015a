"""Second factors by time (RFC 6238): SHA-1, six digits, thirty seconds, which every application knows.

Whether a step was used before is the use case's to decide.
"""

import hmac
import io
import secrets
from datetime import datetime

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_OCTETS, DIGITS, SECONDS = 20, 6, 30
# One step of the clock to either side (RFC 6238, 5.2).
NEIGHBOURS = (0, -1, 1)


class TimeCodes:
    """The port `SecondFactor`. `issuer` is what the person's application shows beside the login."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def new_secret(self) -> bytes:
        return secrets.token_bytes(SECRET_OCTETS)

    def step(self, secret: bytes, code: str, at: datetime) -> int | None:
        now, codes = int(at.timestamp()) // SECONDS, _codes(secret)
        found = None
        for step in (max(now + each, 0) for each in NEIGHBOURS):
            # Every neighbour is compared, whichever it is.
            if hmac.compare_digest(codes.generate(step * SECONDS), code.encode()):
                found = step
        return found

    def address(self, secret: bytes, login: str) -> str:
        return _codes(secret).get_provisioning_uri(login, self._issuer)

    def picture(self, text: str) -> bytes:
        drawn = io.BytesIO()
        segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=4, border=2, xmldecl=False)
        return drawn.getvalue()


def _codes(secret: bytes) -> TOTP:
    # SHA-1 inside HMAC is not broken, and what people's applications understand (RFC 6238, 1.2).
    return TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303 - see above.
