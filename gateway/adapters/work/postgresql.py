"""NOTIFY and LISTEN: the database that holds the tasks tells the other processes of them.

Connections of its own, outside of the pool, with the pool's address and password. No row is read here.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from sqlalchemy import Engine

from gateway.adapters.work.retry import described

CHANNEL = "fehaciente_tasks"
PAUSE_SECONDS = 1.0
TURN_SECONDS = 0.5
# A server that vanished without a word is noticed within a minute, not after hours (libpq's names).
PATIENCE = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
log = logging.getLogger(__name__)


class NotifyRope:
    """Notifications of one moment are one; they are sent apart from the units of work, for the commits of
    those that notify wait for one another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None

    def pull(self) -> None:
        try:
            if self._connection is None:
                self._connection = connected(self._engine)
            self._connection.execute(f"NOTIFY {CHANNEL}")
        except Exception:
            self.close()
            raise

    def tend(self) -> None:
        """TCP keeps it; whether it is broken shows at the next call."""

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class NotifyListener:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stopping = Event()
        self._hearing = False
        self._thread: Thread | None = None

    def start(self, heard: Callable[[], None]) -> None:
        self._thread = Thread(target=self._run, args=(heard,), name="work-listens", daemon=True)
        self._thread.start()

    def hears(self) -> bool:
        return self._hearing

    def stop(self, timeout: float) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self, heard: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                self._listen(heard)
            except Exception as error:
                log.warning("the database does not tell of tasks: %s", described(error))
            self._hearing = False
            self._stopping.wait(PAUSE_SECONDS)

    def _listen(self, heard: Callable[[], None]) -> None:
        with connected(self._engine) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._hearing = True
            # What was told while nobody listened is looked for.
            heard()
            while not self._stopping.is_set():
                if any(True for _ in connection.notifies(timeout=TURN_SECONDS, stop_after=1)):
                    heard()


def connected(engine: Engine) -> Any:
    """A connection of the driver that commits each statement."""
    words, options = engine.dialect.create_connect_args(engine.url)
    return engine.dialect.connect(*words, **{**PATIENCE, **options}, autocommit=True)
