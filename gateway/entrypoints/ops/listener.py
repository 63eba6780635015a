"""A port of its own for health and metrics: a small threaded server for the operator's own network."""

import errno
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SLOWEST_SECONDS = 10
MOST_PROCESSES, LAST_PORT = 100, 65535
log = logging.getLogger(__name__)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = SLOWEST_SECONDS

    def log_message(self, *_: object) -> None:
        """Probes come every few seconds, and say nothing."""


def by_first_segment(doors: Mapping[str, Wsgi]) -> Wsgi:
    """`/health…` and `/metrics`; anything else is 404."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        door = doors.get(environ.get("PATH_INFO", "").strip("/").partition("/")[0])
        if door is None:
            start_response("404 Not Found", [("Content-Length", "0")])
            return [b""]
        return door(environ, start_response)

    return app


@contextmanager
def listening(host: str, port: int, app: Wsgi) -> Iterator[int]:
    """Answer on this port, or on the next free one, until the block is left; which one is given and logged.

    `serve` and any number of `worker` have one settings file on a machine. 0: any free port. Raises OSError.
    """
    server = _bound(host, port, app)
    log.info("health and metrics on %s:%d", host, server.server_port)
    thread = threading.Thread(target=server.serve_forever, name="ops", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _bound(host: str, port: int, app: Wsgi) -> WSGIServer:
    for candidate in range(port, min(port + MOST_PROCESSES, LAST_PORT + 1)):
        try:
            return make_server(host, candidate, app, server_class=_Server, handler_class=_Handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free for health and metrics", f"{host}:{port}")
