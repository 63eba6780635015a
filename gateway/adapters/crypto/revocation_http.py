"""Revocation lists and OCSP over HTTP: bounded in time and size, no redirects.

The addresses stand in certificates of validated paths; what comes back is only octets here.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests

from gateway.adapters.crypto.revocation_proof import Unusable

LIST_LIMIT = 32 * 1024 * 1024
RESPONSE_LIMIT = 64 * 1024
CHUNK = 64 * 1024
AS_IT_IS = {"Accept-Encoding": "identity"}
OCSP_REQUEST = AS_IT_IS | {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches one address at a time; `timeout` in seconds bounds each whole exchange."""

    timeout: float = 5.0
    monotonic: Callable[[], float] = time.monotonic
    list_limit: int = LIST_LIMIT

    def crl(self, url: str) -> bytes:
        """The list at the address; raises Unusable."""
        return self._exchange("GET", url, b"", AS_IT_IS, self.list_limit)

    def ocsp(self, url: str, request: bytes) -> bytes:
        """The responder's answer; raises Unusable."""
        return self._exchange("POST", url, request, OCSP_REQUEST, RESPONSE_LIMIT)

    def _exchange(self, method: str, url: str, body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
        deadline = self.monotonic() + self.timeout
        try:
            with requests.request(
                method,
                url,
                data=body or None,
                headers=dict(headers),
                timeout=self.timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                return self._read(response, limit, deadline)
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unusable(f"{url}: {type(error).__name__}") from None

    def _read(self, response: requests.Response, limit: int, deadline: float) -> bytes:
        if response.status_code != requests.codes.ok:
            raise Unusable(f"{response.url}: HTTP {response.status_code}")
        octets = bytearray()
        # What has come so far, so that a server that drips cannot outlast the deadline.
        while chunk := response.raw.read1(CHUNK):
            octets += chunk
            if len(octets) > limit:
                raise Unusable(f"{response.url}: more than {limit} octets")
            if self.monotonic() > deadline:
                raise Unusable(f"{response.url}: took too long")
        return bytes(octets)
