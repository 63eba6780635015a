"""Dramatiq on RabbitMQ: one queue whose messages say that some task is due, and nothing else.

Everything is built by functions that the bootstrap calls: Dramatiq's global broker stays untouched.
"""

import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pika
from dramatiq import Actor, Worker
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from gateway.adapters.work.retry import described
from gateway.domain.errors import ErrorKind, GatewayError

ACTOR = "due"
# One message wakes as well as a thousand: without workers the queue stays short, and nothing in it is old.
MOST_WAITING = 1000
LIFE_MILLISECONDS = 60_000
IDLE_MILLISECONDS = 200
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where RabbitMQ is. `password` is never shown; with `tls` the server's certificate must bear `host`."""

    host: str
    port: int
    virtual_host: str
    user: str
    password: str = field(repr=False)
    queue: str
    heartbeat: int
    timeout: float
    tls: bool = False
    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class DueBroker(RabbitmqBroker):
    """Its queue is bounded, and what is dropped from it is dropped for good."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:  # noqa: ARG002 - Dramatiq's own
        return {"x-max-length": MOST_WAITING, "x-message-ttl": LIFE_MILLISECONDS}


def broker(address: BrokerAddress) -> RabbitmqBroker:
    """Nothing is connected yet. Without middleware: nothing is retried, for the database knows what is due,
    and no time limit interrupts a handler."""
    # Pika tells each failed connection nine times over; Dramatiq and the bell tell it once.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "virtual_host": address.virtual_host,
        "credentials": pika.PlainCredentials(address.user, address.password),
        "heartbeat": address.heartbeat,
        "socket_timeout": address.timeout,
        "stack_timeout": address.timeout,
        "blocked_connection_timeout": address.timeout,
        "connection_attempts": 1,
    }
    if address.tls:
        options["ssl_options"] = pika.SSLOptions(_tls(address), address.host)
    return DueBroker(parameters=[options], middleware=[])


def _tls(address: BrokerAddress) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=address.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if address.certificate:
            context.load_cert_chain(address.certificate, address.key)
    except (OSError, ssl.SSLError) as error:
        raise GatewayError(ErrorKind.CONFIGURATION, "the broker's TLS files cannot be used") from error
    return context


def _actor(at: RabbitmqBroker, queue: str, run: Callable[[], None]) -> Actor[[], None]:
    return Actor(run, broker=at, actor_name=ACTOR, queue_name=queue, priority=0, options={})


class DramatiqRope:
    def __init__(self, address: BrokerAddress) -> None:
        self._broker = broker(address)
        self._due = _actor(self._broker, address.queue, _nothing)

    def pull(self) -> None:
        """Raises dramatiq.ConnectionClosed while the broker is down."""
        self._due.send()

    def tend(self) -> None:
        # Pika answers heartbeats only when it is called.
        if getattr(self._broker.state, "connection", None) is None:
            return
        try:
            self._broker.connection.process_data_events(time_limit=0)
        except pika.exceptions.AMQPError:
            del self._broker.connection

    def close(self) -> None:
        try:
            self._broker.close()
        except Exception as error:
            log.debug("the broker was left: %s", described(error))


class DramatiqListener:
    """Dramatiq's worker inside this process, one thread: its consumers come back when the broker does.

    Its command line is not used: that one leaves when one of its processes is killed.
    """

    def __init__(self, address: BrokerAddress) -> None:
        self._address = address
        self._worker: Worker | None = None

    def start(self, heard: Callable[[], None]) -> None:
        ours = broker(self._address)
        _actor(ours, self._address.queue, heard)
        self._worker = Worker(
            ours, queues={self._address.queue}, worker_threads=1, worker_timeout=IDLE_MILLISECONDS
        )
        self._worker.start()

    def hears(self) -> bool:
        consumers = self._worker.consumers if self._worker else {}
        thread = consumers.get(self._address.queue)
        connection = getattr(thread.consumer, "connection", None) if thread else None
        return bool(connection is not None and connection.is_open)

    def stop(self, timeout: float) -> None:
        """A message that is not answered goes to another process, and would find nothing there."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        try:
            worker.stop(int(timeout * 1000))
            worker.broker.close()
        except Exception as error:
            log.warning("the broker was left in disorder: %s", described(error))


def _nothing() -> None:
    """The sender's side of the actor: it is never run there."""
