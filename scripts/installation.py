"""A whole gateway on loopback for demonstrations, tests and benchmarks: real processes, its own folder.

The console channel is its recipients' phone and mailbox; everything else is what production runs.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any, TypeVar

from gateway import resources
from gateway.client import Client

CONFIGURATION = """\
[gateway]
installation = 001001
base_url = {url}
data = data
operator = Fehaciente (demo)
[http]
port = {port}
secure_cookies = no
threads = {threads}
processes = {processes}
[database]
url = {database}
[worker]
threads = {workers}
poll = 50ms
lease = {lease}
[codes]
pause = 1s
[console]
print = no
[deposit]
ways = folder
folder = ../deposit
[log]
level = WARNING
"""
LINK = re.compile(r"https?://\S+/a/[A-Za-z0-9_-]+")
CODE = re.compile(r"\b\d{6}\b")
WSDL = resources.folder("wsdl") / "gateway.wsdl"
T = TypeVar("T")


class Installation:
    """Files, keys and processes of one gateway under `folder`, listening on 127.0.0.1:`port`."""

    def __init__(
        self,
        folder: Path,
        port: int,
        database: str = "",
        *,
        workers: int = 2,
        threads: int = 8,
        processes: int = 1,
        lease: str = "60s",
    ) -> None:
        self.folder = folder
        self.name = "fehaciente"
        self.port = port
        self.url = f"http://localhost:{port}"
        self._configuration = CONFIGURATION.format(
            url=self.url,
            port=port,
            database=database,
            workers=workers,
            threads=threads,
            processes=processes,
            lease=lease,
        )

    @property
    def config(self) -> Path:
        return self.folder / f"{self.name}.ini"

    def setting(self, section: str, key: str, value: str) -> None:
        """One more key that `create` or `beside` writes."""
        head, line = f"[{section}]\n", f"{key} = {value}\n"
        if head not in self._configuration:
            self._configuration += head
        self._configuration = self._configuration.replace(head, head + line)

    def beside(self, name: str, port: int) -> "Installation":
        """Another node of this installation: the same database, contents and keys, and a port of its own."""
        node = copy(self)
        node.name, node.port, node.url = name, port, f"http://localhost:{port}"
        node._configuration = self._configuration.replace(f"port = {self.port}\n", f"port = {port}\n")
        node.setting("gateway", "node", name)
        node.config.write_text(node._configuration)
        return node

    def create(self) -> None:
        """A fresh installation with one issuer; whatever the folder held is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.config.write_text(self._configuration)
        self.command("pki", "init")
        self.command("db", "upgrade")
        who = ("1", "Banco de Ejemplo", "--identifier", "A12345674", "--contact", "mailto:ayuda@example.org")
        self.command("issuer", "add", *who, "--issue", str(self.folder / "issuer"))

    def command(self, *words: str) -> str:
        """Run `fehaciente` and give what it printed; raises CalledProcessError."""
        done = subprocess.run(self._words(*words), stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def start(self, *words: str, output: int = subprocess.DEVNULL) -> "subprocess.Popen[str]":
        """A process of its own group, so that a test can kill it at any moment."""
        return subprocess.Popen(self._words(*words), text=True, stdout=output)

    @contextmanager
    def serving(self) -> Iterator["subprocess.Popen[str]"]:
        """The gateway's process, from the moment that it answers; stopped when the block is left."""
        process = self.start("serve")
        try:
            self.wait_until_ready(process)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)

    def wait_until_ready(self, process: "subprocess.Popen[str]", seconds: float = 30) -> None:
        def ready() -> bool | None:
            if process.poll() is not None:
                raise RuntimeError(f"the gateway ended with {process.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                    return answer.status == 200 or None
            except OSError:
                return None

        until(ready, seconds)

    def client(self) -> Client:
        issuer = self.folder / "issuer"
        key, certificate = (issuer / "issuer.key").read_bytes(), (issuer / "issuer.pem").read_bytes()
        return Client(WSDL, key, certificate, address=f"{self.url}/soap")

    def root_certificate(self) -> bytes:
        return (self.folder / "data" / "pki" / "ca.pem").read_bytes()

    def messages(self) -> list[dict[str, Any]]:
        """What the recipients got so far, oldest first."""
        outbox = self.folder / "data" / "outbox" / "outbox.jsonl"
        if not outbox.exists():
            return []
        return [json.loads(line) for line in outbox.read_text(encoding="utf-8").splitlines() if line]

    def wait_for_link(self, guid: str, seconds: float = 30) -> str:
        """The access link of the transaction's (first) notice."""
        return until(lambda: self._newest(guid, "notice-", LINK), seconds)

    def wait_for_code(self, guid: str, seconds: float = 30) -> str:
        return until(lambda: self._newest(guid, "code-", CODE), seconds)

    def wait_for_close(self, guid: str, seconds: float = 60, event: str = "CERTIFIED") -> tuple[int, int]:
        """State and result, once the transaction is closed and `event` (CERTIFIED, PACKED) came."""
        with self.client() as client:

            def came() -> bool | None:
                return any(each.kind == event for each in client.events(guid)) or None

            until(came, seconds)
            found = client.state(guid)
        if found is None:
            raise LookupError(guid)
        return found.state, found.result

    def _newest(self, guid: str, kind: str, pattern: re.Pattern[str]) -> str | None:
        for message in reversed(self.messages()):
            if message["id"].startswith(f"{kind}{guid}-"):
                found = pattern.search(message["text"])
                return found[0] if found else None
        return None

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "gateway", "--config", str(self.config), *words]


def free_port(preferred: int = 0) -> int:
    """A TCP port of 127.0.0.1 that nobody listens on: the preferred one if it is free, else any."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
            except OSError:
                continue
    raise RuntimeError("no port is free")


def until(look: Callable[[], T | None], seconds: float) -> T:
    """What `look` gives once it gives something; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing came within {seconds} seconds")
        time.sleep(0.05)
    return found
