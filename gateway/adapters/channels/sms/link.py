"""One bound connection with an SMSC: answers find who asked by their sequence numbers.

Whoever runs it reads until it is lost. It never opens itself again, and nothing is sent twice.
"""

import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.adapters.channels.sms import pdus
from gateway.adapters.channels.sms.pdus import Broken, Unit

CHUNK = 65536
LOOK = 0.5
LAST_SEQUENCE = 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Smsc:
    """Where it is and as whom we bind; `timeout` (seconds) is the longest wait for an answer, `enquire` the
    silence after which it is asked whether it is there. `tls` is None in clear."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False, default="")
    system_type: str = ""
    timeout: float = 10.0
    enquire: float = 30.0
    tls: ssl.SSLContext | None = None


class Lost(ConnectionError):
    """No connection, or none that is bound."""


class Waiting:
    """Somebody who waits for the answer to one PDU, which is the `number`th part of the message `mark`."""

    def __init__(self, ended: Callable[[], None], mark: str, number: int) -> None:
        self.mark, self.number = mark, number
        self.since = time.monotonic()
        self._done = threading.Event()
        self._once = threading.Lock()
        self._ended = ended
        self._answer: Unit | None = None

    def settle(self, answer: Unit | None) -> bool:
        """Once, else False; None: it is lost."""
        if not self._once.acquire(blocking=False):
            return False
        self._answer = answer
        self._done.set()
        self._ended()
        return True

    @property
    def settled(self) -> bool:
        return self._done.is_set()

    def answer(self, seconds: float) -> Unit | None:
        """None when there was none so many seconds after it left: nobody knows more."""
        if not self._done.wait(max(self.since + seconds - time.monotonic(), 0)):
            self.settle(None)
        self._done.wait()
        return self._answer


class Taking(Protocol):
    """What becomes of what comes by itself; none of it may wait."""

    def deliver(self, link: "Link", unit: Unit) -> None: ...
    def late(self, waiting: Waiting, unit: Unit) -> None:
        """An answer for which nobody waits any more."""


class Link:
    def __init__(self, smsc: Smsc, stream: socket.socket) -> None:
        self._smsc = smsc
        self._stream = stream
        # OpenSSL lets no two threads into one connection.
        self._using = threading.Lock()
        self._waiting: dict[int, Waiting] = {}
        self._sequence = 0
        self._numbering = threading.Lock()
        self._buffer = b""
        # What the SMSC delivers in the same breath as its answer to bind.
        self._early: list[Unit] = []
        self.alive = True

    def bind(self) -> None:
        """As transceiver. Raises Lost, which names the SMSC's status and never the password."""
        smsc = self._smsc
        fields: dict[str, Any] = {
            "system_id": smsc.system_id,
            "password": smsc.password,
            "system_type": smsc.system_type,
        }
        self._write(pdus.made("bind_transceiver", self._next(), **fields, address_range=""))
        deadline, bound = time.monotonic() + smsc.timeout, False
        while time.monotonic() < deadline:
            for unit in self._read():
                if unit.command not in {"bind_transceiver_resp", "generic_nack"}:
                    self._early.append(unit)
                elif unit.status != pdus.OK:
                    raise Lost(f"bind refused: {pdus.status_name(unit.status)}")
                else:
                    bound = True
            if bound:
                return
        raise Lost("no answer to bind")

    def begin(self, unit: bytes, waiting: Waiting) -> None:
        """Send, and do not wait. Raises Lost only when no octet of it left."""
        sequence = self._next()
        with self._numbering:
            if not self.alive:
                raise Lost("not bound")
            self._waiting[sequence] = waiting
        try:
            self._write(pdus.numbered(unit, sequence))
        except OSError:
            # Some of it may have left.
            self.lose()

    def respond(self, unit: Unit, status: int) -> None:
        """Answer a request of the SMSC's; it asks again where that gets lost."""
        try:
            self._write(pdus.made(f"{unit.command}_resp", unit.sequence, status))
        except OSError:
            self.lose()

    def run(self, take: Taking) -> None:
        """Read until it is lost."""
        heard, asked = time.monotonic(), 0.0
        for unit in self._early:
            self._came(unit, take)
        while self.alive:
            try:
                units = self._read()
            except (OSError, Broken):
                break
            now = time.monotonic()
            if units:
                heard, asked = now, 0.0
            for unit in units:
                self._came(unit, take)
            if asked and now - asked > self._smsc.timeout:
                break
            if not asked and now - heard > self._smsc.enquire:
                asked = now
                self._quietly(pdus.made("enquire_link", self._next()))
        self.lose()

    def idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return all(each.settled for each in list(self._waiting.values()))

    def unbind(self) -> None:
        self._quietly(pdus.made("unbind", self._next()))
        self.lose()

    def lose(self) -> None:
        """Whoever waits hears that no answer will come."""
        with self._numbering:
            self.alive = False
            waiting, self._waiting = list(self._waiting.values()), {}
        for each in waiting:
            each.settle(None)
        # Whoever reads hears of it at once; closing alone would not tell them.
        with suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        with self._using:
            self._stream.close()

    def _came(self, unit: Unit, take: Taking) -> None:
        if unit.command in {"submit_sm_resp", "generic_nack"}:
            waiting = self._waiting.pop(unit.sequence, None)
            if waiting is not None and not waiting.settle(unit):
                take.late(waiting, unit)
        elif unit.command == "deliver_sm":
            take.deliver(self, unit)
        elif unit.command == "enquire_link":
            self.respond(unit, pdus.OK)
        elif unit.command == "unbind":
            self.respond(unit, pdus.OK)
            self.lose()
        elif not unit.command.endswith("_resp") and unit.command != "alert_notification":
            self._quietly(pdus.made("generic_nack", unit.sequence, 0x03))

    def _quietly(self, octets: bytes) -> None:
        try:
            self._write(octets)
        except OSError:
            self.lose()

    def _next(self) -> int:
        with self._numbering:
            self._sequence = self._sequence % LAST_SEQUENCE + 1
            return self._sequence

    def _write(self, octets: bytes) -> None:
        with self._using:
            self._stream.settimeout(self._smsc.timeout)
            self._stream.sendall(octets)

    def _read(self) -> list[Unit]:
        """What came within a moment; raises OSError when the other side is gone, Broken for no SMPP."""
        if not self._ready():
            return []
        with self._using:
            self._stream.settimeout(self._smsc.timeout)
            octets = self._stream.recv(CHUNK)
        if not octets:
            raise Lost("closed by the SMSC")
        self._buffer += octets
        units = []
        while len(self._buffer) >= pdus.HEADER and len(self._buffer) >= pdus.length_of(self._buffer):
            length = pdus.length_of(self._buffer)
            units.append(pdus.read(self._buffer[:length]))
            self._buffer = self._buffer[length:]
        return units

    def _ready(self) -> bool:
        if isinstance(self._stream, ssl.SSLSocket) and self._stream.pending():
            return True
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._stream, selectors.EVENT_READ)
            except ValueError:
                raise Lost("closed") from None
            return bool(selector.select(LOOK))


def connect(smsc: Smsc) -> Link:
    """Connect and bind. Raises OSError (Lost among them)."""
    stream = socket.create_connection((smsc.host, smsc.port), timeout=smsc.timeout)
    try:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if smsc.tls is not None:
            stream = smsc.tls.wrap_socket(stream, server_hostname=smsc.host)
        link = Link(smsc, stream)
        link.bind()
    except (OSError, Broken) as error:
        stream.close()
        raise error if isinstance(error, OSError) else Lost(str(error)) from None
    return link
