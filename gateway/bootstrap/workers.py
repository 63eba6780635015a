"""Who works in this process, what wakes it, and what it rings for the others, by the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.adapters.storage.engine import POSTGRESQL
from gateway.adapters.work.announced import Announced, Deaf, Listener
from gateway.adapters.work.bell import Bell, Silence
from gateway.adapters.work.local import LocalWorkers
from gateway.adapters.work.postgresql import NotifyListener, NotifyRope
from gateway.adapters.work.retry import Retry
from gateway.bootstrap.technology import Technology
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, read_secret
from gateway.settings.worker_sections import broker_place
from gateway.usecases.outbox import Handler

BELL_SECONDS = 2.0


@dataclass
class Workforce:
    """What starts and ends with the process. Its `wake` may be given away before anybody works."""

    settings: Settings
    tech: Technology
    bell: Bell | Silence = field(init=False)
    workers: Announced | None = None

    def __post_init__(self) -> None:
        self._listener: Listener = Deaf()
        self.bell = Silence()
        if self.settings.worker.engine == "dramatiq":
            self._by_broker()
        elif self.tech.database.engine.dialect.name == POSTGRESQL:
            engine = self.tech.database.engine
            self.bell = Bell(NotifyRope(engine), self.tech.metrics.call)
            self._listener = NotifyListener(engine)

    def wake(self) -> None:
        """After a commit. Workers here are woken, and call others when they are full."""
        if self.workers is not None:
            self.workers.wake()
        else:
            self.bell.ring()

    def start(self, handlers: Mapping[str, Handler], threads: int) -> None:
        """`threads` may be 0: then nobody works here."""
        self.bell.start()
        if not threads:
            return
        worker = self.settings.worker
        local = LocalWorkers(
            self.tech.database,
            handlers,
            self.tech.clock,
            threads=threads,
            lease=worker.lease,
            poll=worker.poll.total_seconds(),
            retry=Retry(attempts=worker.max_attempts),
            idle=self._pause,
            full=self.bell.full,
        )
        self.workers = Announced(local, self._listener)
        self.workers.start()

    def stop(self, timeout: float) -> None:
        """Finish what was begun, give back the rest."""
        if self.workers is not None:
            self.workers.stop(timeout)
        self.bell.stop(BELL_SECONDS)

    def _pause(self) -> float:
        worker = self.settings.worker
        pause = worker.patience if self._listener.hears() else worker.poll
        return pause.total_seconds()

    def _by_broker(self) -> None:
        try:
            # Dramatiq is LGPL and an extra: without it everything else works.
            from gateway.adapters.work import dramatiq_broker as by
        except ImportError:
            raise GatewayError(
                ErrorKind.CONFIGURATION, "engine = dramatiq: install fehaciente[dramatiq]"
            ) from None
        broker = self.settings.broker
        host, port, virtual_host, user, tls = broker_place(broker.url)
        address = by.BrokerAddress(
            host=host,
            port=port,
            virtual_host=virtual_host,
            user=user,
            password=read_secret(broker.password_file) if broker.password_file else "",
            queue=broker.queue,
            heartbeat=max(int(broker.heartbeat.total_seconds()), 1),
            timeout=broker.timeout.total_seconds(),
            tls=tls,
            ca_file=broker.ca_file,
            certificate=broker.certificate,
            key=broker.certificate_key,
        )
        self.bell = Bell(by.DramatiqRope(address), self.tech.metrics.call)
        self._listener = by.DramatiqListener(address)
