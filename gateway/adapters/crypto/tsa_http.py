"""RFC 3161 over HTTP (clause 3.4): one POST, bounded in time and size, no redirects.

What came back is only octets here; the client checks them.
"""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from typing import IO
from urllib.parse import urlsplit

from gateway.domain.errors import ErrorKind, GatewayError

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"
MAX_REPLY = 64 * 1024
CHUNK = 8192


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """A redirected POST would become a GET somewhere else: the 3xx stays an error."""


class HttpTransport:
    """Sends requests to one URL; `timeout` in seconds bounds the whole exchange."""

    def __init__(
        self, url: str, timeout: float = 5.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Raises GatewayError(CONFIGURATION) unless the URL is http or https."""
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise GatewayError(ErrorKind.CONFIGURATION, "the authority's address is not an http(s) URL")
        self._url = url
        self._timeout = timeout
        self._monotonic = monotonic
        self._opener = urllib.request.build_opener(_NoRedirects)

    def __call__(self, request: bytes) -> bytes:
        """The reply's octets; raises GatewayError(TEMPORARILY_UNAVAILABLE) for everything else."""
        deadline = self._monotonic() + self._timeout
        post = urllib.request.Request(  # noqa: S310  (the scheme was checked when this was built)
            self._url, data=request, headers={"Content-Type": QUERY, "Accept": REPLY}, method="POST"
        )
        try:
            with self._opener.open(post, timeout=self._timeout) as response:
                if response.headers.get_content_type() != REPLY:
                    raise _unavailable("another content type")
                return self._read(response, deadline)
        except urllib.error.HTTPError as error:
            error.close()
            raise _unavailable(f"HTTP {error.code}") from None
        except (OSError, http.client.HTTPException) as error:
            raise _unavailable(type(error).__name__) from None

    def _read(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        octets = b""
        while chunk := response.read1(CHUNK):
            octets += chunk
            if len(octets) > MAX_REPLY:
                raise _unavailable("the reply is too large")
            if self._monotonic() > deadline:
                raise _unavailable("the reply took too long")
        return octets


def _unavailable(why: str) -> GatewayError:
    return GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, why)
