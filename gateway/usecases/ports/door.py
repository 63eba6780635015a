"""What the recipients' door keeps: sessions of devices, tickets of embedded portals, issuers' origins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.access_ticket import AccessTicket
from gateway.domain.device_session import DeviceSession, EndedBy


class DeviceSessions(Protocol):
    def add(self, session: DeviceSession) -> None: ...
    def get(self, session: bytes) -> DeviceSession | None: ...
    def of(self, guid: str, position: int) -> Sequence[DeviceSession]:
        """Oldest first."""

    def see(self, session: DeviceSession, at: datetime) -> bool:
        """Compare-and-set of the last look."""

    def end_all(self, guid: str, position: int, by: EndedBy, at: datetime) -> int:
        """End every one of the recipient's that is open; how many."""


class AccessTickets(Protocol):
    def add(self, ticket: AccessTicket) -> None: ...
    def get(self, digest: bytes) -> AccessTicket | None: ...
    def redeem(self, digest: bytes, at: datetime) -> bool:
        """Compare-and-set: exactly one caller is told True, ever."""

    def forget(self, before: datetime, limit: int) -> int:
        """Delete some whose time was over by then; how many."""


class Origins(Protocol):
    """Whose pages may show the portal of an issuer's transactions in a frame."""

    def add(self, issuer: int, origin: str, at: datetime) -> bool:
        """False when it is registered already."""

    def remove(self, issuer: int, origin: str) -> bool: ...
    def of(self, issuer: int) -> Sequence[str]: ...
