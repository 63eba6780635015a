"""Where issuers' alerts go, and their texts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.alerts import AlertKind
from gateway.domain.delivery import Attachment, Message
from gateway.domain.parties import Issuer
from gateway.domain.record import TransactionRecord


class AlertAddresses(Protocol):
    def of(self, issuer: int) -> Sequence[str]:
        """Those registered besides the issuer's own contact, in a fixed order."""

    def add(self, issuer: int, address: str, at: datetime) -> bool: ...
    def remove(self, issuer: int, address: str) -> bool: ...


class AlertTexts(Protocol):
    def alert(
        self,
        effect_id: str,
        kind: AlertKind,
        record: TransactionRecord,
        issuer: Issuer,
        address: str,
        files: Sequence[Attachment],
        left_out: Sequence[str],
    ) -> Message:
        """The e-mail; `left_out` names the files that are too large for it."""
