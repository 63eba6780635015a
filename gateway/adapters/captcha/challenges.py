"""Self-hosted CAPTCHAs: digits that a picture shows and a recording says; nothing is kept of the answer.

A challenge is signed and tells nothing; its digits are derived from it under a key. So a challenge needs no
row, is good at one link from one network for minutes only, and used up by whoever redeems it (`solved`).
"""

import hashlib
import hmac
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock

from captcha.audio import AudioCaptcha
from captcha.image import ImageCaptcha

from gateway.domain.errors import ErrorKind, GatewayError

DIGITS = 5
LIFE = timedelta(minutes=10)
NONCE, MAC = 16, 16
KEPT = 64
PATIENCE = 3.0
SIZE = (240, 90)
TYPES = {"png": "image/png", "wav": "audio/wav"}


class _Digits(AudioCaptcha):
    """Only digits are read from the package's files, and heard in the noise."""

    @property
    def choices(self) -> list[str]:
        return list("0123456789")


class SelfHostedCaptchas:
    """The port `Captchas`. `key` has 32 octets; the same on every machine."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"captcha", "sha256")
        self._voices = _Digits()
        self._one = Lock()
        # The same picture each time: many of the same digits would make them easy to read by machine.
        self._drawn = lru_cache(KEPT)(self._draw)

    def issue(self, place: bytes, now: datetime) -> str:
        body = secrets.token_bytes(NONCE) + struct.pack(">I", int((now + LIFE).timestamp()))
        return urlsafe_b64encode(body + self._mac(body, place)).rstrip(b"=").decode()

    def file(self, challenge: str, kind: str, place: bytes, now: datetime) -> tuple[bytes, str]:
        """Octets and media type. Raises GatewayError(NOT_FOUND) for anything but a live challenge of here."""
        if kind not in TYPES or self._until(challenge, place, now) is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return self._drawn(self._answer(challenge), challenge, kind), TYPES[kind]

    def solved(
        self, challenge: str, typed: str, place: bytes, now: datetime
    ) -> tuple[bytes, datetime, bool] | None:
        """What to claim so that it is used once, until when, and whether the digits are right; None for what
        was never issued for this place, or is over."""
        until = self._until(challenge, place, now)
        if until is None:
            return None
        digits = "".join(typed.split()).encode()
        right = hmac.compare_digest(self._answer(challenge).encode(), digits)
        return hashlib.sha256(b"captcha " + challenge.encode()).digest(), until, right

    def _until(self, challenge: str, place: bytes, now: datetime) -> datetime | None:
        try:
            octets = urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4))
        except (Error, ValueError):
            return None
        body, mac = octets[:-MAC], octets[-MAC:]
        # Only the one spelling counts, or one challenge could be used as many.
        spelt = urlsafe_b64encode(octets).rstrip(b"=").decode() == challenge
        if not spelt or len(body) != NONCE + 4 or not hmac.compare_digest(mac, self._mac(body, place)):
            return None
        until = datetime.fromtimestamp(struct.unpack(">I", body[NONCE:])[0], UTC)
        return until if now < until else None

    def _mac(self, body: bytes, place: bytes) -> bytes:
        return hmac.digest(self._key, b"issue" + body + place, "sha256")[:MAC]

    def _answer(self, challenge: str) -> str:
        drawn = int.from_bytes(hmac.digest(self._key, b"answer" + challenge.encode(), "sha256"), "big")
        return f"{drawn % 10**DIGITS:0{DIGITS}d}"

    def _draw(self, answer: str, _challenge: str, kind: str) -> bytes:
        if kind == "png":
            return ImageCaptcha(*SIZE).generate(answer).getvalue()
        # It takes a second or more: many at once would leave no thread to anybody else.
        if not self._one.acquire(timeout=PATIENCE):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        try:
            return bytes(self._voices.generate(answer))
        finally:
            self._one.release()
