"""Workers of either engine over a test database, woken as in production: one suite for all of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from gateway.adapters.storage.engine import POSTGRESQL
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.work.announced import Announced, Deaf, Listener
from gateway.adapters.work.bell import Bell, Silence
from gateway.adapters.work.dramatiq_broker import DramatiqListener, DramatiqRope
from gateway.adapters.work.local import LocalWorkers
from gateway.adapters.work.postgresql import NotifyListener, NotifyRope
from gateway.usecases.outbox import Handler
from tests.brokers import shared_broker

ENGINES = ("local", "dramatiq")
PATIENCE = 20.0


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Engine:
    """`local` is what it is in production: PostgreSQL tells the others, SQLite nobody."""

    name: str
    database: SqlDatabase
    queue: str = field(default_factory=lambda: f"test-{uuid4().hex}")
    outcomes: list[str] = field(default_factory=list)

    def bell(self) -> Bell | Silence:
        if self.name == "dramatiq":
            return Bell(DramatiqRope(shared_broker().address(self.queue)), self.outcomes.append)
        if self._notifies:
            return Bell(NotifyRope(self.database.engine), self.outcomes.append)
        return Silence()

    def listener(self) -> Listener:
        if self.name == "dramatiq":
            return DramatiqListener(shared_broker().address(self.queue))
        return NotifyListener(self.database.engine) if self._notifies else Deaf()

    @property
    def _notifies(self) -> bool:
        return self.database.engine.dialect.name == POSTGRESQL

    def workers(self, handler: Handler, **settings: Any) -> Announced:
        return self.announced(self.listener(), {"stamp": handler}, **settings)

    def announced(self, listener: Listener, handlers: Mapping[str, Handler], **settings: Any) -> Announced:
        return Announced(LocalWorkers(self.database, handlers, RealClock(), **settings), listener)

    @contextmanager
    def working(self, handler: Handler, poll: float = 0.02, **settings: Any) -> Iterator[Announced]:
        workers = self.workers(handler, poll=poll, **settings)
        workers.start()
        try:
            yield workers
        finally:
            assert workers.stop(PATIENCE)

    @contextmanager
    def ringing(self) -> Iterator[Callable[[], None]]:
        """Another process's bell."""
        bell = self.bell()
        bell.start()
        try:
            yield bell.ring
        finally:
            bell.stop(PATIENCE)
