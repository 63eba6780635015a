"""The port that mail comes back to, in a thread with a loop of its own, beside the workers.

It takes what is addressed to a message that exists, and answers when its report is kept. Several processes
of a machine may share the port.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gateway.adapters.bounces.incoming import Incoming
from gateway.adapters.bounces.reading import answered, report
from gateway.adapters.bounces.return_paths import ReturnPaths
from gateway.adapters.bounces.session import Answer, Open, Sessions, factory
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.reports import Report, Taken

log = logging.getLogger(__name__)
AT_ONCE = 4
SESSIONS = 100
Receive = Callable[[Report], Taken]
AddressOf = Callable[[str], str | None]
"""The address that the message of a mark went to; None when there is no such message."""


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how it listens; `largest` is in octets."""

    host: str
    port: int
    protocol: str
    hostname: str
    largest: int


@dataclass
class BounceListener:
    place: Place
    paths: ReturnPaths
    address_of: AddressOf
    receive: Receive
    clock: Clock
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "bounces"))
    _open: Open = field(default_factory=lambda: Open(SESSIONS))
    _server: asyncio.Server | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Raises GatewayError(CONFIGURATION) when the port cannot be had."""
        place = self.place
        made = factory(
            place.protocol,
            Sessions(self.knows, self.take, self._pool),
            self._open,
            place.hostname,
            place.largest,
        )
        # In its own thread from the beginning: whoever starts it may have a loop running.
        self._thread = threading.Thread(target=self._loop.run_forever, name="bounces", daemon=True)
        self._thread.start()
        opening = self._loop.create_server(made, place.host, place.port, reuse_port=True)
        try:
            self._server = asyncio.run_coroutine_threadsafe(_opened(opening), self._loop).result()
        except OSError as error:
            self._end()
            self._pool.shutdown(wait=False)
            raise GatewayError(
                ErrorKind.CONFIGURATION, f"[bounces] {place.host}:{place.port}: {error.strerror}"
            ) from None
        log.info("bounces are taken at %s:%d by %s", place.host, self.port, place.protocol)

    @property
    def port(self) -> int:
        """The port that it has, where the settings left it to the system."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else self.place.port

    def stop(self, timeout: float) -> None:
        if self._thread is None:
            self._pool.shutdown(wait=False)
            self._loop.close()
            return
        asyncio.run_coroutine_threadsafe(self._close(timeout), self._loop).result()
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()
        self._thread = None

    def knows(self, address: str) -> Answer:
        """Whether mail to that address may come in: it has the form of ours, and names a message of ours."""
        if self.paths.shared(address):
            return Answer.TAKEN
        mark = self.paths.mark(address)
        return Answer.TAKEN if mark and self.address_of(mark) is not None else Answer.NOT_OURS

    def take(self, address: str, sender: str, octets: bytes) -> Answer:
        incoming = Incoming.read(octets, sender)
        marks = [self.paths.mark(address)] if self.paths.mark(address) else answered(incoming)
        found = ((mark, self.address_of(mark)) for mark in dict.fromkeys(marks))
        mark, to = next(((mark, to) for mark, to in found if to is not None), ("", ""))
        if not mark:
            return Answer.ABOUT_NOTHING
        try:
            self.receive(report(incoming, mark, to, self.clock.now()))
        except GatewayError as error:
            if error.kind is not ErrorKind.TEMPORARILY_UNAVAILABLE:
                raise
            return Answer.LATER
        return Answer.TAKEN

    async def _close(self, timeout: float) -> None:
        """Nobody new; what is being kept is waited for; then every session ends."""
        if self._server is not None:
            self._server.close()
        ended = self._loop.run_in_executor(None, self._pool.shutdown)
        await asyncio.wait([asyncio.ensure_future(ended)], timeout=timeout)
        # The answers that are on their way out.
        await asyncio.sleep(0.05)
        for each in tuple(self._open.all):
            if each.transport is not None:
                each.transport.close()
        for _ in range(5):
            await asyncio.sleep(0)
        await self._loop.shutdown_default_executor()


async def _opened(opening: Coroutine[Any, Any, asyncio.Server]) -> asyncio.Server:
    return await opening
