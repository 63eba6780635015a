"""A real SMTP server on loopback that takes everything and keeps it."""

import socket
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.relays import Closing


@dataclass
class Mailroom:
    """Serves while its block lasts; `messages` are the octets that came."""

    messages: list[bytes] = field(default_factory=list)
    port: int = 0
    _controller: Any = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert envelope.original_content is not None
        self.messages.append(envelope.original_content)
        return "250 2.0.0 Ok: queued as 4XyZ12"

    def __enter__(self) -> "Mailroom":
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self._controller = Closing(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
