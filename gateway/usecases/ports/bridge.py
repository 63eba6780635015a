"""The words of bridged calls."""

from typing import Protocol

from gateway.domain.bridge import BridgedCall
from gateway.domain.delivery import Message
from gateway.domain.parties import Issuer
from gateway.domain.record import TransactionRecord


class BridgeTexts(Protocol):
    def bridged(
        self, effect_id: str, record: TransactionRecord, issuer: Issuer, call: BridgedCall
    ) -> Message:
        """What the provider does and says: both ends are told that the call is recorded, and for whom."""
