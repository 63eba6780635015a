"""Which bodies the embedded server takes: larger ones with attachments only, and for the SOAP door alone."""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from waitress.wasyncore import close_all

from gateway import settings
from gateway.bootstrap.configured import EMBEDDED
from gateway.bootstrap.http_server import http_server

RELATED = "multipart/related; boundary=x; type=text/xml"
SIZES = "max_body = 100 KiB\nmax_attached = 300 KiB\n"


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """How many octets came."""
    size = sum(len(piece) for piece in iter(lambda: environ["wsgi.input"].read(65536), b""))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(size).encode()]


@contextmanager
def serving() -> Iterator[int]:
    http = settings.parse(EMBEDDED + SIZES, "sizes.ini", Path("/srv")).http
    listener = socket.create_server(("127.0.0.1", 0))
    server = http_server(echo, listener, http)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
        thread.join(5)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as number:
        yield number


def status(port: int, path: str, content_type: str, size: int, *, chunked: bool) -> str:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
    body = bytes(size)
    if chunked:
        head += "Transfer-Encoding: chunked\r\n\r\n"
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)
    else:
        head += f"Content-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        return connection.recv(200).decode().split("\r\n")[0].split(" ", 1)[1]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "content_type", "size", "accepted"),
    [
        ("/soap", "text/xml", 90_000, True),
        ("/soap", "text/xml", 200_000, False),
        ("/soap", RELATED, 200_000, True),
        ("/soap?x", RELATED, 200_000, True),
        ("/soap", RELATED, 400_000, False),
        ("/soapy", RELATED, 200_000, False),
        ("/a/soap", RELATED, 200_000, False),
        ("/verify", RELATED, 200_000, False),
        ("/soap", "multipart/form-data; boundary=x", 200_000, False),
    ],
)
def test_sizes(port: int, path: str, content_type: str, size: int, accepted: bool, chunked: bool) -> None:
    """Over the limit is 413 by the header, or as soon as a chunked body grows over it."""
    told = status(port, path, content_type, size, chunked=chunked)
    assert told.startswith("200" if accepted else "413")
