"""`/upload/HANDLE`: pieces of an announced file by PUT, how far it is by HEAD, the end of it by DELETE.

Whoever has the handle may add to the file and nothing else; what is in it is checked against the SHA-256 that
a signed request announced. Answers carry no content: `Upload-Offset` and `Upload-Length` say everything.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.upload import Upload
from gateway.entrypoints.soap.body import Environ, Limits, chunks

log = logging.getLogger(__name__)
RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)", re.ASCII)
STATUSES = {
    ErrorKind.UPLOAD_UNKNOWN: "404 Not Found",
    ErrorKind.UPLOAD_REFUSED: "409 Conflict",
    ErrorKind.METHOD_NOT_ALLOWED: "405 Method Not Allowed",
    ErrorKind.TOO_LARGE: "413 Content Too Large",
    ErrorKind.BODY_INCOMPLETE: "400 Bad Request",
    ErrorKind.MEDIA_TYPE_REFUSED: "415 Unsupported Media Type",
    ErrorKind.TEMPORARILY_UNAVAILABLE: "503 Service Unavailable",
}
Headers = list[tuple[str, str]]


class Receiver(Protocol):
    """The use case."""

    def state(self, handle: str) -> Upload: ...
    def add(self, handle: str, start: int, size: int, chunks: Iterator[bytes]) -> Upload: ...
    def give_up(self, handle: str) -> None: ...


@dataclass(frozen=True, slots=True)
class UploadDoor:
    """A WSGI application. `limits` bounds one piece; `new_id` names each call."""

    receiver: Receiver
    limits: Limits
    new_id: Callable[[], str]

    def __call__(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        request_id, body = self.new_id(), b""
        try:
            status, headers = self._answer(environ)
        except Exception as error:
            status, headers, body = _refused(error, request_id)
        headers += [
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Request-Id", request_id),
        ]
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, environ: Environ) -> tuple[str, Headers]:
        handle = environ.get("PATH_INFO", "").rpartition("/")[2]
        match environ["REQUEST_METHOD"]:
            case "HEAD" | "GET":
                return "200 OK", _headers(self.receiver.state(handle))
            case "PUT":
                upload = self._put(environ, handle)
                return "201 Created" if upload.received == upload.size else "202 Accepted", _headers(upload)
            case "DELETE":
                self.receiver.give_up(handle)
                return "204 No Content", []
        raise GatewayError(ErrorKind.METHOD_NOT_ALLOWED)

    def _put(self, environ: Environ, handle: str) -> Upload:
        # Before a single octet is read.
        self.receiver.state(handle)
        if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"", "identity"}:
            raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, "Content-Encoding is not accepted")
        stated = environ.get("CONTENT_LENGTH") or ""
        if not (stated.isascii() and stated.isdigit() and 0 < len(stated) < 16 and int(stated)):
            raise GatewayError(ErrorKind.BODY_INCOMPLETE, "Content-Length is required")
        size = int(stated)
        return self.receiver.add(handle, _start(environ, size), size, chunks(environ, self.limits))


def _start(environ: Environ, size: int) -> int:
    """Where the piece belongs: by Content-Range, or by `offset` in the query; without both, at the start."""
    given = environ.get("HTTP_CONTENT_RANGE", "")
    offsets = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=4).get("offset", [])
    if not given:
        if not offsets:
            return 0
        if len(offsets) == 1 and re.fullmatch(r"\d{1,15}", offsets[0], re.ASCII):
            return int(offsets[0])
        raise GatewayError(ErrorKind.BODY_INCOMPLETE, "offset is one number")
    match = RANGE.fullmatch(given.strip())
    if match is None or int(match[2]) - int(match[1]) + 1 != size or offsets not in ([], [match[1]]):
        raise GatewayError(ErrorKind.BODY_INCOMPLETE, "Content-Range is not that of the body")
    return int(match[1])


def _headers(upload: Upload) -> Headers:
    return [("Upload-Offset", str(upload.received)), ("Upload-Length", str(upload.size))]


def _refused(error: Exception, request_id: str) -> tuple[str, Headers, bytes]:
    if not isinstance(error, GatewayError):
        log.error("%s: unexpected", request_id, exc_info=error)
        error = GatewayError(ErrorKind.INTERNAL)
    inside = error.kind.blame is Blame.RECEIVER
    if inside:
        log.error("%s: %s", request_id, error)
    text = f"{error.kind.code} {error.kind.text.en} / {error.kind.text.es}\n"
    text += f"{'' if inside else error.detail}\nrequest_id: {request_id}\n"
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    if error.kind is ErrorKind.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "PUT, HEAD, GET, DELETE"))
    return STATUSES.get(error.kind, "500 Internal Server Error"), headers, text.encode()
