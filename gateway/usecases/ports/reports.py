"""What is kept of channels' reports, of the names of messages, and of messages as handed over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.delivery import Channel
from gateway.domain.reports import KeptMessage, MessagePart, ReportRow


class Reports(Protocol):
    def add(self, row: ReportRow) -> bool:
        """False when an equal report of the same message is there. Its owner's data key must exist."""

    def known(self, row: ReportRow) -> bool: ...
    def of(self, owner: str) -> Sequence[ReportRow]:
        """By the event's instant."""

    def waiting(self, limit: int) -> Sequence[ReportRow]:
        """Unmatched and not given up, oldest first."""

    def stray(self, limit: int) -> Sequence[ReportRow]:
        """Unmatched ones, given up or not, newest first: what support sees."""

    def drop(self, report: str) -> None:
        """An unmatched one that found its message."""

    def give_up(self, before: datetime) -> int:
        """Those that came before and are still unmatched; how many."""

    def ended(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of given-up ones that came before."""


class MessageParts(Protocol):
    def add(self, part: MessagePart) -> bool:
        """False when the channel has that reference already."""

    def find(self, channel: Channel, reference: str) -> MessagePart | None: ...
    def of(self, effect: str) -> Sequence[MessagePart]: ...
    def delivered(self, channel: Channel, reference: str, at: datetime) -> bool:
        """Compare-and-set, once."""


class KeptMessages(Protocol):
    def add(self, message: KeptMessage) -> None: ...
    def drop(self, effect: str) -> None:
        """Of what never left."""

    def of(self, guid: str) -> Sequence[KeptMessage]: ...
