"""Sessions with PKCS#11 tokens: one a token, under one lock for the whole process.

Libraries are loaded without locking of their own, so threads with sessions of their own would crash the
process; and no session survives a fork, so each process opens its own at the first signature.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import exceptions as failures

from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)

Place = tuple[Path, str]


@dataclass(slots=True)
class Sessions:
    """The tokens' sessions of one process; every use is inside `locked`."""

    pid: int
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _open: dict[Place, Any] = field(default_factory=dict)
    _refused: dict[Place, bytes] = field(default_factory=dict)
    _libraries: set[Path] = field(default_factory=set)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._lock:
            yield

    def session(self, library: Path, token: str, pin: Callable[[], str]) -> Any:
        """The session with the token, opened and logged in if need be.

        A PIN that the token refused is not tried again, lest the token lock itself. Raises pkcs11's
        PKCS11Error, GatewayError(TEMPORARILY_UNAVAILABLE) and as `pin`.
        """
        place = (library, token)
        if place not in self._open:
            self._open[place] = self._login(place, pin())
        return self._open[place]

    def drop(self, library: Path, token: str) -> None:
        """Forget a session that does not answer; the next use opens another."""
        session = self._open.pop((library, token), None)
        if session is not None:
            with suppress(failures.PKCS11Error):
                session.close()

    def _login(self, place: Place, pin: str) -> Any:
        mark = sha256(pin.encode()).digest()
        if self._refused.get(place) == mark:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "the token refused its PIN")
        token = self._library(place[0]).get_token(token_label=place[1])
        try:
            session = token.open(user_pin=pin)
        except failures.UserAlreadyLoggedIn:
            session = token.open()
        except (
            failures.PinIncorrect,
            failures.PinLenRange,
            failures.PinInvalid,
            failures.PinLocked,
        ) as error:
            self._refused[place] = mark
            log.error("token %s refused its PIN (%s)", place[1], type(error).__name__)
            raise
        self._refused.pop(place, None)
        return session

    def _library(self, path: Path) -> Any:
        loaded = pkcs11.lib(str(path))
        if path not in self._libraries:
            # Loaded before a fork, or by somebody else: this process needs an initialisation of its own.
            loaded.reinitialize()
            self._libraries.add(path)
        return loaded


@cache
def _sessions(pid: int) -> Sessions:
    return Sessions(pid)


def sessions() -> Sessions:
    """Those of this process."""
    return _sessions(os.getpid())
