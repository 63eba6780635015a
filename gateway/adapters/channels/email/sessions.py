"""Sessions with one relay, used again while they are good: opening one costs more than a mail.

A session is asked (RSET) before it is used again, and one that does not answer is replaced by a new one
before anything left. It knows nothing of messages.
"""

import smtplib
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.adapters.channels.email.relay import Relay, connect

QUIT_SECONDS = 5
FAILURES = (OSError, smtplib.SMTPException)


@dataclass(slots=True)
class _Opened:
    session: smtplib.SMTP
    since: float
    used: int = 0


class Sessions:
    """Safe to share among threads: each has a session of its own while its block lasts."""

    def __init__(self, relay: Relay, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._relay = relay
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._idle: list[_Opened] = []
        # Whoever forgets a courier leaves no open socket behind, and the relay a QUIT.
        weakref.finalize(self, _leave_all, self._idle)

    @contextmanager
    def lent(self) -> Iterator[smtplib.SMTP]:
        """A greeted session without any transaction. Raises OSError or smtplib.SMTPException when there is
        none to be had. After an exception in the block it is not used again."""
        opened = self._take() or _Opened(connect(self._relay), self._monotonic())
        kept = False
        try:
            yield opened.session
            opened.used += 1
            kept = self._keep(opened)
        finally:
            if not kept:
                leave(opened.session)

    def close(self) -> None:
        """Leave every session that nobody uses."""
        with self._lock:
            idle, self._idle[:] = list(self._idle), []
        _leave_all(idle)

    def _take(self) -> _Opened | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                opened = self._idle.pop()
            if self._good(opened):
                return opened
            leave(opened.session)

    def _keep(self, opened: _Opened) -> bool:
        if opened.session.sock is None or opened.used >= self._relay.session_messages:
            return False
        with self._lock:
            self._idle.append(opened)
        return True

    def _good(self, opened: _Opened) -> bool:
        if self._monotonic() - opened.since > self._relay.session_life:
            return False
        try:
            return opened.session.rset()[0] == 250
        except FAILURES:
            return False


def leave(session: smtplib.SMTP) -> None:
    """QUIT politely; what was answered stands whatever happens now."""
    try:
        if session.sock:
            session.sock.settimeout(QUIT_SECONDS)
            session.quit()
    except FAILURES:
        pass
    session.close()


def _leave_all(idle: list[_Opened]) -> None:
    for opened in idle:
        leave(opened.session)
