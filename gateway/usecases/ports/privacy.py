"""Key-encryption keys (KEKs): what holds them, and which of them have to die."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.record import CondemnedKek, DataKey


class KekCustody(Protocol):
    """Where key-encryption keys are. Their octets never leave it."""

    def newest(self) -> str:
        """The id of the one that wraps new data keys: the greatest, for ids begin with their time."""

    def rewrap(self, key: DataKey) -> DataKey:
        """The same data key under the newest. Raises GatewayError KEY_DESTROYED or INTERNAL."""

    def opens(self, key: DataKey) -> bool: ...
    def is_destroyed(self, kek_id: str) -> bool: ...
    def destroy(self, kek_id: str, now: datetime) -> None:
        """For good, and synced; what it wrapped never opens again. Repeating it is safe."""


class Keks(Protocol):
    """The condemned: key-encryption keys that wrapped a data key which was destroyed."""

    def condemn(self, kek_id: str) -> bool:
        """Whether it was not condemned yet."""

    def pending(self) -> Sequence[CondemnedKek]:
        """Those that are not destroyed yet, in order of id."""

    def seen(self, kek_id: str, at: datetime) -> bool:
        """When the wait for others of its cohort began; compare-and-set, once."""

    def emptied(self, kek_id: str, at: datetime) -> bool:
        """When the last data key under it was wrapped anew; a later one counts."""

    def destroyed(self, kek_id: str, at: datetime) -> bool:
        """That it is no more; compare-and-set, once."""
