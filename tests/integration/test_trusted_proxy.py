"""Whose address counts behind a proxy: the one that the trusted proxy tells, and nobody else's word."""

import http.client
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from gateway.bootstrap.http_server import proxy_options
from tests.fakes import serving


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REMOTE_ADDR"].encode()]


@pytest.mark.parametrize(
    ("trusted", "seen"), [("127.0.0.1", "192.0.2.7"), ("192.0.2.1", "127.0.0.1"), ("", "127.0.0.1")]
)
def test_only_the_trusted_proxy_names_the_client(trusted: str, seen: str) -> None:
    """X-Forwarded-For is believed from the configured address alone; without one, from nobody."""
    with serving(echo, threads=1, **proxy_options(trusted)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.7"})
        answer = connection.getresponse().read().decode()
        connection.close()
    assert answer == seen
