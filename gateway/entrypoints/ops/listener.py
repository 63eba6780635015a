"""A port of its own for health and metrics: a small threaded server for the operator's own network."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SLOWEST_SECONDS = 10


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
    """Answer on this port (0: any free one, which is given) until the block is left. Raises OSError."""
    server = make_server(host, port, app, server_class=_Server, handler_class=_Handler)
    thread = threading.Thread(target=server.serve_forever, name="ops", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
