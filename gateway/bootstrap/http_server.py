"""The embedded HTTP server: waitress, which buffers each request whole before a door sees it.

What is over half a megabyte lies in an unnamed file of TMPDIR meanwhile. Only messages with attachments, and
only for the SOAP door, may be larger than any other body.
"""

import copy
import socket
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server

from gateway.settings.sections import HttpSection


def http_server(application: Callable[..., Any], listener: socket.socket, http: HttpSection) -> Any:
    """A server on a socket that listens already; `run` serves until SystemExit."""
    server = create_server(
        application,
        sockets=[listener],
        threads=http.threads,
        max_request_body_size=http.max_body,
        channel_timeout=int(http.body_deadline.total_seconds()),
        ident="fehaciente",
        **proxy_options(http.trusted_proxy),
    )
    parser = type("Parser", (AttachmentParser,), {"largest": http.max_attached})
    server.channel_class = type("Channel", (HTTPChannel,), {"parser_class": parser})
    return server


def proxy_options(address: str) -> dict[str, Any]:
    """With a proxy in front, REMOTE_ADDR is the client that it names; nobody else may name one."""
    if not address:
        return {}
    return {"trusted_proxy": address, "trusted_proxy_headers": {"x-forwarded-for"}}


class AttachmentParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Decides by the header how large the body may be, before any of it is kept."""

    adj: Any
    largest = 0

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        door = str(self.path).lstrip("/").partition("/")[0]
        given = str(self.headers.get("CONTENT_TYPE", "")).strip().lower()
        if door == "soap" and given.startswith("multipart/related"):
            larger: Any = copy.copy(self.adj)
            larger.max_request_body_size = max(self.largest, larger.max_request_body_size)
            self.adj = larger
