"""The session of a process with its SMSC: kept open, bound anew when it is lost, shared by all threads.

It opens with the first message or when somebody listens. A receipt is answered only after it was kept; no
error in taking one ends the session.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

from gateway.adapters.channels.sms import pdus
from gateway.adapters.channels.sms.link import Link, Lost, Smsc, Waiting, connect
from gateway.adapters.channels.sms.pace import Pace
from gateway.adapters.channels.sms.pdus import Unit
from gateway.adapters.channels.sms.receipts import NoReceipt, Operator, is_receipt, late_answer, report
from gateway.domain.errors import GatewayError
from gateway.domain.reports import Report

log = logging.getLogger(__name__)
FIRST_REST = 0.5
UNTAKEN, TAKERS = 1000, 2
Receive = Callable[[Report], object]


class Clock(Protocol):
    def now(self) -> datetime: ...


class Session:
    """`pace` limits what leaves; `longest_rest` (seconds) is the longest pause between two binds."""

    def __init__(
        self, smsc: Smsc, operator: Operator, pace: Pace, clock: Clock, longest_rest: float = 60.0
    ) -> None:
        self._smsc = smsc
        self._operator = operator
        self.pace = pace
        self._clock = clock
        self._longest_rest = longest_rest
        self._receive: Receive | None = None
        self._link: Link | None = None
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._came: queue.Queue[Callable[[], None]] = queue.Queue(UNTAKEN)
        self._closing = False
        self._messages = 0

    def listen(self, receive: Receive) -> None:
        """From now on receipts are taken; before, they are asked to come again."""
        self._receive = receive

    def start(self) -> None:
        """Open, and keep open. Any number of times."""
        with self._changed:
            if self._threads or self._stopping.is_set():
                return
            runs = [self._keep, *[self._take] * TAKERS]
            self._threads = [threading.Thread(target=run, name="smpp", daemon=True) for run in runs]
        for thread in self._threads:
            thread.start()

    @property
    def bound(self) -> bool:
        return self._link is not None and self._link.alive

    def stop(self, timeout: float) -> None:
        """No new message leaves; those of which a part has left are finished, then unbind."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._closing = True
            self._changed.wait_for(lambda: self._messages == 0, timeout)
            self._stopping.set()
            self._changed.notify_all()
        if self._link is not None:
            self._link.unbind()
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.1))

    @contextmanager
    def message(self) -> Iterator[None]:
        """Around one message, all of whose parts may leave though the process is about to. Raises Lost."""
        with self._changed:
            if self._closing:
                raise Lost("the session is closing")
            self._messages += 1
        try:
            yield
        finally:
            with self._changed:
                self._messages -= 1
                self._changed.notify_all()

    def begin(self, unit: bytes, deadline: float, mark: str, number: int) -> Waiting:
        """Send one PDU, the `number`th part of a message, as soon as it may leave; do not wait.

        Raises Lost when it did not leave before `deadline` (of time.monotonic): not bound, or not its turn.
        """
        self.start()
        link = self._bound(deadline)
        if not self.pace.turn(deadline):
            raise Lost("too many messages at once")
        waiting = Waiting(self.pace.answered, mark, number)
        try:
            link.begin(unit, waiting)
        except Lost:
            self.pace.answered()
            raise
        return waiting

    def answer(self, waiting: Waiting) -> Unit | None:
        return waiting.answer(self._smsc.timeout)

    def _bound(self, deadline: float) -> Link:
        with self._changed:
            self._changed.wait_for(self._ready, max(deadline - time.monotonic(), 0))
            link = self._link
            if link is None or not link.alive or self._stopping.is_set():
                raise Lost("not bound")
            return link

    def _ready(self) -> bool:
        return self._stopping.is_set() or self.bound

    def _keep(self) -> None:
        rest = FIRST_REST
        while not self._stopping.is_set():
            try:
                link = connect(self._smsc)
                rest = FIRST_REST
                self._open(link)
                link.run(self)
            except Exception as error:
                # Whatever it was, the thread lives on, and binds anew.
                said = str(error) if isinstance(error, Lost) else type(error).__name__
                log.warning("SMSC %s:%d: %s", self._smsc.host, self._smsc.port, said)
                self._stopping.wait(rest)
                rest = min(rest * 2, self._longest_rest)
                continue
            level = logging.INFO if self._stopping.is_set() else logging.WARNING
            log.log(level, "SMSC %s:%d: the session is over", self._smsc.host, self._smsc.port)

    def _open(self, link: Link) -> None:
        log.info("SMSC %s:%d: bound", self._smsc.host, self._smsc.port)
        with self._changed:
            self._link = link
            self._changed.notify_all()
        if self._stopping.is_set():
            link.unbind()

    def deliver(self, link: Link, unit: Unit) -> None:
        try:
            self._came.put_nowait(lambda: link.respond(unit, self._taken(unit)))
        except queue.Full:
            link.respond(unit, pdus.TEMPORARY)

    def late(self, waiting: Waiting, unit: Unit) -> None:
        with suppress(queue.Full):
            self._came.put_nowait(lambda: self._late(waiting, unit))

    def _late(self, waiting: Waiting, unit: Unit) -> None:
        """The message was called UNKNOWN: now something is known of it."""
        told = late_answer(unit, self._operator, waiting.mark, waiting.number, self._clock.now())
        if told is not None:
            self._kept(told)

    def _take(self) -> None:
        while not self._stopping.is_set():
            with suppress(queue.Empty):
                self._came.get(timeout=0.2)()

    def _taken(self, unit: Unit) -> int:
        """The status to answer with."""
        if unit.torn:
            log.warning("a deliver_sm that cannot be read")
            return pdus.PERMANENT
        if not is_receipt(unit):
            # A reply names no message of ours: it is no proof of anything, and nobody is told.
            log.info("a message from a telephone was let go")
            return pdus.OK
        try:
            told = report(unit, self._operator, self._clock.now())
        except NoReceipt as error:
            log.warning("a receipt that cannot be read: %s", error)
            return pdus.PERMANENT
        return self._kept(told)

    def _kept(self, told: Report) -> int:
        """The status to answer with."""
        receive = self._receive
        if receive is None:
            return pdus.TEMPORARY
        try:
            receive(told)
        except GatewayError as error:
            log.warning("a receipt could not be kept: %s", error.kind.code)
            return pdus.TEMPORARY
        except Exception as error:
            # Whatever it was, the session lives on, and the receipt comes again.
            log.error("a receipt could not be kept: %s", type(error).__name__)
            return pdus.TEMPORARY
        return pdus.OK
