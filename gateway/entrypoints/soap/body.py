"""The HTTP side of a request: method, media type, and the whole body within its limits.

It reads octets and never interprets them.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap import multipart_type
from gateway.entrypoints.soap.multipart import PartLimits
from gateway.entrypoints.soap.multipart_type import Related
from gateway.entrypoints.soap.names import SoapVersion

CHUNK = 64 * 1024
Environ = Mapping[str, Any]


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """`octets` bounds an envelope, `attached` a message with attachments; `seconds` how long it may take.

    The clock is looked at between reads: a server that lets one read stall for ever must bring a socket
    time-out of its own, or stand behind a proxy that buffers.
    """

    octets: int = 20 * 1024 * 1024
    seconds: float = 30.0
    attached: PartLimits = field(default_factory=PartLimits)


@dataclass(frozen=True, slots=True)
class MediaType:
    """The SOAP version, and the action: SOAP 1.1's own header, or SOAP 1.2's parameter of Content-Type.

    `related` says how a message with attachments is packed, None for any other.
    """

    version: SoapVersion
    action: str
    related: Related | None = None


def media_type(environ: Environ) -> MediaType:
    """Raises GatewayError(MEDIA_TYPE_REFUSED): compressed, not UTF-8, or not SOAP at all."""
    if environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in {"", "identity"}:
        raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, "Content-Encoding is not accepted")
    if multipart_type.is_related(environ.get("CONTENT_TYPE", "")):
        packed = multipart_type.related(environ["CONTENT_TYPE"])
        stated = environ.get("HTTP_SOAPACTION", "") if packed.version is SoapVersion.V11 else packed.action
        return MediaType(packed.version, stated, packed)
    header = Message()
    header["Content-Type"] = environ.get("CONTENT_TYPE", "").replace("\r", " ").replace("\n", " ")
    given = header.get_content_type() if environ.get("CONTENT_TYPE") else ""
    version = next((version for version in SoapVersion if version.media_type == given), None)
    if version is None:
        raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, "text/xml or application/soap+xml is expected")
    charset = header.get_param("charset")
    if charset is not None and str(charset).lower() not in {"utf-8", "utf8"}:
        raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, "the charset must be UTF-8")
    if version is SoapVersion.V11:
        return MediaType(version, environ.get("HTTP_SOAPACTION", ""))
    return MediaType(version, str(header.get_param("action") or ""))


def read(environ: Environ, limits: Limits, clock: Callable[[], float] = time.monotonic) -> bytes:
    """The whole body, never a part of it. Raises GatewayError: TOO_LARGE, BODY_INCOMPLETE."""
    return b"".join(chunks(environ, limits, clock))


def chunks(environ: Environ, limits: Limits, clock: Callable[[], float] = time.monotonic) -> Iterator[bytes]:
    """The body in pieces as they arrive, none of them empty; at its end it is known to be whole.

    Raises GatewayError: TOO_LARGE, BODY_INCOMPLETE.
    """
    length = _length(environ)
    if length is not None and length > limits.octets:
        raise _too_large(limits)
    # Without a length, only a server that ends the stream itself (chunked) may be read to its end.
    wanted, arrived = limits.octets + 1 if length is None else length, 0
    for chunk in _read(environ["wsgi.input"], wanted, clock, clock() + limits.seconds):
        arrived += len(chunk)
        if arrived > limits.octets:
            raise _too_large(limits)
        yield chunk
    if length is not None and arrived < length:
        raise GatewayError(ErrorKind.BODY_INCOMPLETE, f"{arrived} of {length} octets arrived")


def _length(environ: Environ) -> int | None:
    stated = environ.get("CONTENT_LENGTH") or ""
    if stated:
        if not (stated.isascii() and stated.isdigit() and len(stated) < 16):
            raise GatewayError(ErrorKind.BODY_INCOMPLETE, "Content-Length is not a number")
        return int(stated)
    if environ.get("wsgi.input_terminated"):
        return None
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise GatewayError(ErrorKind.BODY_INCOMPLETE, "Content-Length is required")
    return 0


def _read(stream: Readable, wanted: int, clock: Callable[[], float], deadline: float) -> Iterator[bytes]:
    while wanted > 0:
        try:
            chunk = stream.read(min(CHUNK, wanted))
        except (OSError, ValueError):
            raise GatewayError(ErrorKind.BODY_INCOMPLETE, "the connection broke") from None
        if not chunk:
            break
        if clock() > deadline:
            raise GatewayError(ErrorKind.BODY_INCOMPLETE, "the body took too long")
        yield chunk
        wanted -= len(chunk)


def _too_large(limits: Limits) -> GatewayError:
    return GatewayError(ErrorKind.TOO_LARGE, f"the limit is {limits.octets} octets")
