"""One POST to one number over TLS that was checked first, within one deadline and one size.

No redirects, no proxies, no compression, no second request on a connection. What the answer means is the
callers' business.
"""

import hashlib
import hmac
import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.adapters.feedback.addresses import Addresses, Target
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Answer, Telling

CHUNK = 16 * 1024
# Several numbers of one name: more than these are not tried in one call.
NUMBERS = 3
Socket = socket.socket


class Untold(Exception):
    """No answer came that could be read: what became of the attempt."""

    def __init__(self, telling: Telling, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.answer = Answer(telling, status, detail)


@dataclass(frozen=True, slots=True)
class Trust:
    """How the server proves itself: pins (SHA-256 of SubjectPublicKeyInfo) on top of a path to `ca` (PEM)."""

    pins: tuple[bytes, ...] = ()
    ca: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; empty `content` where nobody asked for it."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Wire:
    """`timeout` in seconds for the whole call; `limit` in octets for the answer's body."""

    addresses: Addresses
    timeout: float
    limit: int
    monotonic: Callable[[], float] = field(default=time.monotonic)

    def post(
        self, address: str, trust: Trust, headers: Mapping[str, str], body: bytes, *, read: bool
    ) -> Reply:
        """The answer, its body only when it is to be read. Raises Untold."""
        deadline = Deadline(self.monotonic() + self.timeout, self.monotonic)
        try:
            target = self.addresses.target(address)
        except GatewayError as error:
            lost = error.kind is ErrorKind.FEEDBACK_UNRESOLVED
            telling = Telling.UNREACHABLE if lost else Telling.ADDRESS_REFUSED
            raise Untold(telling, error.kind.code) from None
        plain = _connected(target, deadline)
        try:
            stream = _secured(plain, target, trust, deadline) if target.secure else plain
            return self._exchange(stream, target, deadline, headers, body, read=read)
        finally:
            plain.close()

    def _exchange(
        self,
        stream: Socket,
        target: Target,
        deadline: "Deadline",
        headers: Mapping[str, str],
        body: bytes,
        *,
        read: bool,
    ) -> Reply:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = Bounded(stream, deadline)
        # What http.client would say of its own differs: a name for the number, and compression.
        said = {"Host": target.authority, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            connection.request("POST", target.path, body, said | dict(headers))
            with connection.getresponse() as response:
                content = self._content(response) if read else b""
                return Reply(response.status, dict(response.headers.items()), content)
        except TimeoutError:
            raise Untold(Telling.TIMEOUT, "no answer in time") from None
        except http.client.HTTPException as error:
            raise Untold(Telling.BAD_ANSWER, type(error).__name__) from None
        except (OSError, ValueError) as error:
            raise Untold(Telling.UNREACHABLE, type(error).__name__) from None
        finally:
            connection.close()
            stream.close()

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        octets = bytearray()
        while chunk := response.read(CHUNK):
            octets += chunk
            if len(octets) > self.limit:
                raise Untold(Telling.BAD_ANSWER, "the answer is too large", response.status)
        if response.length:
            raise Untold(Telling.BAD_ANSWER, "the answer is cut off", response.status)
        return bytes(octets)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of the whole call, by a clock that nobody sets."""

    end: float
    monotonic: Callable[[], float]

    def left(self) -> float:
        """Seconds. Raises TimeoutError when there are none."""
        left = self.end - self.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Bounded:
    """A connected socket for http.client: no read or write of it goes beyond the deadline, so that a server
    which drips octets gains nothing."""

    def __init__(self, stream: Socket, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def sendall(self, octets: bytes) -> None:
        self._stream.settimeout(self._deadline.left())
        self._stream.sendall(octets)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._stream, self._deadline))

    def close(self) -> None:
        """http.client closes when it has the headers, while the body is still to be read; `post` does."""


class _Reading(io.RawIOBase):
    def __init__(self, stream: Socket, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._stream.settimeout(self._deadline.left())
        return self._stream.recv_into(buffer)


def _connected(target: Target, deadline: Deadline) -> Socket:
    """To one of the numbers that were judged, and to nothing else."""
    detail = ""
    for number in target.numbers[:NUMBERS]:
        try:
            return socket.create_connection((number, target.port), timeout=deadline.left())
        except TimeoutError:
            raise Untold(Telling.TIMEOUT, "no connection in time") from None
        except OSError as error:
            detail = type(error).__name__
    raise Untold(Telling.UNREACHABLE, detail)


def _secured(plain: Socket, target: Target, trust: Trust, deadline: Deadline) -> ssl.SSLSocket:
    """The handshake, path, name and pin: all before a single octet of the request leaves."""
    try:
        context = ssl.create_default_context(cadata=trust.ca.decode("ascii") if trust.ca else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        plain.settimeout(deadline.left())
        stream = context.wrap_socket(plain, server_hostname=target.host)
    except TimeoutError:
        raise Untold(Telling.TIMEOUT, "no handshake in time") from None
    except ssl.SSLCertVerificationError:
        raise Untold(Telling.TLS_REFUSED, "certificate") from None
    except ssl.SSLError:
        raise Untold(Telling.TLS_REFUSED, "handshake") from None
    except OSError as error:
        raise Untold(Telling.UNREACHABLE, type(error).__name__) from None
    if trust.pins and not _pinned(stream.getpeercert(binary_form=True) or b"", trust.pins):
        stream.close()
        raise Untold(Telling.TLS_REFUSED, ErrorKind.FEEDBACK_CERTIFICATE.code)
    return stream


def _pinned(der: bytes, pins: tuple[bytes, ...]) -> bool:
    key = x509.load_der_x509_certificate(der).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(spki).digest()
    return any(hmac.compare_digest(digest, pin) for pin in pins)
