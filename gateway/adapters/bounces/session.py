"""One session of LMTP (RFC 2033) or SMTP (RFC 5321), and the answer to each mail in it.

One recipient a mail, which is what bounces have: LMTP wants an answer for each, and so there is one. 250 is
said only after what came is kept. Whatever happens in here, the peer learns nothing but a code.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

log = logging.getLogger(__name__)
# Some programs write whole paragraphs as one line.
LINE = 1024 * 1024
SILENCE = 120.0
TEMPORARY = "451 4.3.0 try again later"


class Answer(Enum):
    """What becomes of an address, or of a mail."""

    TAKEN = "250 2.0.0 taken"
    NOT_OURS = "550 5.1.1 there is no such mailbox"
    ABOUT_NOTHING = "550 5.7.1 it names no message of ours"
    LATER = TEMPORARY


Knows = Callable[[str], Answer]
Take = Callable[[str, str, bytes], Answer]


class Sessions:
    """The handler that aiosmtpd calls. `knows` and `take` run in threads of `pool`: they may wait for a
    database."""

    def __init__(self, knows: Knows, take: Take, pool: ThreadPoolExecutor) -> None:
        self._knows, self._take, self._pool = knows, take, pool

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        answer = await self._run(self._knows, address)
        if answer is Answer.TAKEN:
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 OK"
        return str(answer.value)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        [address], octets = envelope.rcpt_tos, envelope.original_content or b""
        return str((await self._run(self._take, address, envelope.mail_from or "", octets)).value)

    async def handle_VRFY(self, *_: object) -> str:
        return "252 2.5.2 send some mail, and it will be seen"

    async def handle_exception(self, error: Exception) -> str:
        log.error("a session of bounces failed: %s", type(error).__name__)
        return TEMPORARY

    async def _run(self, function: Callable[..., Answer], *arguments: object) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)
        except Exception as error:
            # The last line: the peer keeps the mail, and comes again.
            log.error("a bounce was not taken: %s", type(error).__name__)
            return Answer.LATER


class Open:
    """The sessions that are open, `most` at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.all: set[SMTP] = set()


class _Counted(SMTP):
    line_length_limit = LINE
    counted: Open

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self.counted.all) >= self.counted.most:
            # What it has begun it may finish; more is for later.
            transport.write(b"421 4.3.2 too many sessions\r\n")  # type: ignore[attr-defined]
            transport.close()
            return
        self.counted.all.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.counted.all:
            self.counted.all.discard(self)
            super().connection_lost(error)


class SmtpSession(_Counted):
    pass


class LmtpSession(_Counted, LMTP):
    pass


def factory(
    protocol: str, handler: Sessions, sessions: Open, hostname: str, largest: int
) -> Callable[[], SMTP]:
    """What makes a session of each connection; to be called inside its loop."""
    kind: Any = LmtpSession if protocol == "lmtp" else SmtpSession

    def made() -> SMTP:
        session: SMTP = kind(
            handler,
            data_size_limit=largest,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ready",
            timeout=SILENCE,
            loop=asyncio.get_running_loop(),
        )
        session.counted = sessions  # type: ignore[attr-defined]
        return session

    return made
