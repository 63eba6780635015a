"""A real RabbitMQ node for tests: own name, ports and folder; killed, started again, left without trace.

It is Debian's server run as whoever runs the tests. A missing one is a skip at home, a failure in CI.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from gateway.adapters.work.dramatiq_broker import BrokerAddress
from scripts.installation import free_port
from tests.services import absent

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 90


class RabbitMq:
    """One node on 127.0.0.1:`port`; what it was told durably survives `kill` and `start`."""

    def __init__(self, folder: Path, pki: Path | None = None) -> None:
        """With `pki` also on TLS, for clients with a certificate of its authority only."""
        if not SERVER.exists() or not shutil.which("epmd"):
            absent("RabbitMQ: install rabbitmq-server")
        self.port, self._folder = free_port(), folder
        self._epmd_port = free_port()
        (folder / "plugins").write_text("[].\n")
        self.tls_port = free_port()
        lines = [f"listeners.tcp.1 = 127.0.0.1:{self.port}"]
        (folder / "rabbitmq.conf").write_text("\n".join(lines + self._tls(pki)) + "\n")
        self._epmd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"fehaciente{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "environment"),
        }

    def _tls(self, pki: Path | None) -> list[str]:
        if pki is None:
            return []
        return [
            f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}",
            f"ssl_options.cacertfile = {pki / 'ca.pem'}",
            f"ssl_options.certfile = {pki / 'tls.pem'}",
            f"ssl_options.keyfile = {pki / 'tls.key'}",
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true",
        ]

    @property
    def url(self) -> str:
        return f"amqp://guest@127.0.0.1:{self.port}/"

    def address(self, queue: str) -> BrokerAddress:
        return BrokerAddress("127.0.0.1", self.port, "/", "guest", "guest", queue, heartbeat=5, timeout=5.0)

    def start(self) -> None:
        """Returns once it takes connections."""
        if self._epmd is None:
            # Otherwise the node would start one that stays.
            self._epmd = subprocess.Popen(["epmd", "-port", str(self._epmd_port)], env=self._environment)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server is None or self._server.poll() is not None:
                # Also again: the name of a node that was just killed may still be taken.
                self._server = self._launched()
            if time.monotonic() > deadline:
                raise RuntimeError((self._folder / "output").read_text()[-2000:])
            time.sleep(0.1)

    def _launched(self) -> "subprocess.Popen[bytes]":
        with (self._folder / "output").open("ab") as output:
            return subprocess.Popen(
                [SERVER], env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """As `kill -9` of every process of the node."""
        if self._server is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def stop(self) -> None:
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                probe.sendall(b"AMQP\0\0\x09\1")
                return bool(probe.recv(1))
        except OSError:
            return False


@cache
def shared_broker() -> RabbitMq:
    """One for this process's tests, which use queues of their own; nobody may kill it."""
    folder = Path(tempfile.mkdtemp(prefix="fehaciente-mq-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    node = RabbitMq(folder)
    atexit.register(node.stop)
    node.start()
    return node
