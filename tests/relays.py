"""SMTP servers on loopback for tests: they take mail, answer as told, die, and come again on their port.

They are aiosmtpd's; what no decent server does is written by hand where it is needed.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

QUEUED = "250 2.0.0 Ok: queued as 4XyZ12"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Closing(Controller):
    """Ends every open session when it is stopped, as a process that ends does."""

    def __init__(self, handler: Any, **options: Any) -> None:
        self._peers: list[SMTP] = []
        super().__init__(handler, **options)

    def factory(self) -> SMTP:
        peer: SMTP = super().factory()
        self._peers.append(peer)
        return peer

    def stop(self, no_assert: bool = False) -> None:
        self.loop.call_soon_threadsafe(self._hang_up)
        super().stop(no_assert)

    def _hang_up(self) -> None:
        for peer in self._peers:
            if peer.transport is not None:
                peer.transport.abort()


@dataclass
class MailServer:
    """`recipients` and `answers` are what is said to each RCPT and to each message, in turn, then what one
    that is well says. With `drops` so many sessions end after the message, before any answer."""

    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    drops: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    envelopes: list[Envelope] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    _controller: Any = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipients.pop(0) if self.recipients else "250 2.1.5 Ok"
        if not answer.startswith("250"):
            self.refused.append(address)
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.drops:
            self.drops -= 1
            assert server.transport is not None
            server.transport.abort()
            return QUEUED
        answer = self.answers.pop(0) if self.answers else QUEUED
        if answer.startswith("250"):
            self.envelopes.append(envelope)
            self.sessions.add(id(session))
        return answer

    @property
    def mails(self) -> list[bytes]:
        """The octets that were taken, oldest first."""
        return [each.original_content or b"" for each in self.envelopes]

    def start(self) -> None:
        self._controller = Closing(self, hostname="127.0.0.1", port=self.port, **self.options)
        self._controller.start()

    def stop(self) -> None:
        """With every session that is open."""
        self._controller.stop()

    @contextmanager
    def serving(self) -> Iterator["MailServer"]:
        self.start()
        try:
            yield self
        finally:
            self.stop()
