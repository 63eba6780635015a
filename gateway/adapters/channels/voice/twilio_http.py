"""HTTP to a Twilio-compatible provider: one request a connection, bounded in time and size.

It tells what certainly did not leave from what may have. Its errors hold nothing of a request, whose form
may bear an operation code.
"""

import http.client
import ssl
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

# An hour of speech in two channels, as WAV.
LARGEST = 120_000_000
FOUND = frozenset({301, 302, 303, 307, 308})


class MayHaveLeft(Exception):
    """The request went out, and its answer did not come."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    octets: bytes
    location: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks, and where. `timeout` in seconds bounds each wait. Its token is in no representation."""

    url: str
    name: str
    token: str
    timeout: float = 10.0
    ca_file: Path | None = None

    def __repr__(self) -> str:
        return f"Account({self.url!r}, {self.name!r})"

    @property
    def path(self) -> str:
        return f"/2010-04-01/Accounts/{self.name}"

    def post(self, path: str, form: list[tuple[str, str]]) -> Answer:
        """Raises ConnectionError when nothing can have left, MayHaveLeft afterwards."""
        body = urlencode(form).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._exchange("POST", f"{self.path}/{path}", body, headers)

    def get(self, path: str) -> Answer:
        """Raises ConnectionError. What lies at another place, as recordings may, is fetched from there, by
        https alone and without the token."""
        try:
            answer = self._exchange("GET", f"{self.path}/{path}", None, {})
            if answer.status in FOUND:
                there = urlsplit(answer.location)
                if there.scheme != "https" or not there.hostname:
                    raise ConnectionError("redirected elsewhere than to https")
                return self._elsewhere(answer.location)
        except MayHaveLeft as lost:
            raise ConnectionError(str(lost)) from None
        return answer

    def _elsewhere(self, location: str) -> Answer:
        parts = urlsplit(location)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self._on(self._connection(location), "GET", path or "/", None, {})

    def _exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        credentials = b64encode(f"{self.name}:{self.token}".encode()).decode("ascii")
        own = {"Authorization": f"Basic {credentials}", "User-Agent": "Fehaciente"}
        full = urlsplit(self.url).path.rstrip("/") + path
        return self._on(self._connection(self.url), method, full, body, headers | own)

    def _connection(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self.timeout)
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        return http.client.HTTPSConnection(host, parts.port, timeout=self.timeout, context=context)

    def _on(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
    ) -> Answer:
        try:
            try:
                connection.connect()
            except OSError as error:
                raise ConnectionError(type(error).__name__) from None
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                octets = answer.read(LARGEST + 1)
                if answer.length and len(octets) <= LARGEST:
                    # A read of so many octets is content with fewer: a recording would be kept cut.
                    raise http.client.IncompleteRead(b"", answer.length)
            except (OSError, http.client.HTTPException) as error:
                raise MayHaveLeft(type(error).__name__) from None
        finally:
            connection.close()
        if len(octets) > LARGEST:
            raise MayHaveLeft("the answer is too large")
        return Answer(answer.status, octets, answer.headers.get("Location", ""))
