"""A small operator with an HTTP interface, for demonstrations and tests: it keeps what it gets, and answers.

`answers` are taken one after another; when there are none left, every message is taken under a new id.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    """An answer; `drop` closes the connection instead, `wait` (seconds) comes before either."""

    status: int = 200
    body: Any = None
    drop: bool = False
    wait: float = 0.0


class Handler(BaseHTTPRequestHandler):
    server: "Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = self.server.taken(Asked(self.command, self.path, headers, body))
        time.sleep(said.wait)
        if said.drop:
            self.close_connection = True
            return
        octets = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
        self.send_response(said.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what matters is told by who asks."""


class Server(ThreadingHTTPServer):
    taken: Callable[[Asked], Said]
    daemon_threads = True


@dataclass
class SampleOperator:
    """Serves from construction to `stop`."""

    port: int = 0
    answers: list[Said] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ids = count(1)
        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.taken = self._take
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True)
        self._thread.start()

    def __enter__(self) -> "SampleOperator":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, asked: Asked) -> Said:
        self.asked.append(asked)
        return self.answers.pop(0) if self.answers else Said(200, {"id": f"op-{next(self._ids)}"})
