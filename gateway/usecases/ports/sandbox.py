"""What is kept of sandbox transactions only: messages that left nowhere, scripts of recipients."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from gateway.domain.sandbox import Directive, SandboxMessage, Script


class Sandbox(Protocol):
    def holds(self, guid: str) -> bool:
        """Whether it is a transaction of the sandbox: one column of its row, nothing is opened."""

    def keep(self, message: SandboxMessage) -> bool:
        """False when a message of that id was kept before."""

    def messages(self, guid: str) -> Sequence[SandboxMessage]:
        """Oldest first."""

    def direct(self, directive: Directive) -> None:
        """Replaces what was asked before."""

    def directive(self, guid: str, position: int) -> Script | None: ...
    def bring_forward(self, guid: str, by: timedelta) -> bool:
        """Move start, end and the life of codes back by so much, only of a sandbox transaction."""
