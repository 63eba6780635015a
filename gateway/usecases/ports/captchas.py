"""CAPTCHAs that the gateway makes itself."""

from datetime import datetime
from typing import Protocol


class Captchas(Protocol):
    """`place` is where a challenge counts: one link and one network."""

    def issue(self, place: bytes, now: datetime) -> str: ...
    def file(self, challenge: str, kind: str, place: bytes, now: datetime) -> tuple[bytes, str]:
        """Picture (png) or recording (wav), with the media type. Raises GatewayError(NOT_FOUND)."""

    def solved(
        self, challenge: str, typed: str, place: bytes, now: datetime
    ) -> tuple[bytes, datetime, bool] | None:
        """What to claim so that it counts once, until when, and whether it is right; None: not ours."""
