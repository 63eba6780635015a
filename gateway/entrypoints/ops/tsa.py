"""`/tsa`: the embedded time-stamping authority over HTTP (RFC 3161 clause 3.4).

Media types and sizes only; what is answered, the authority decides.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"
MAX_REQUEST = 4096


def application(respond: Callable[[bytes], bytes]) -> "WSGIApplication":
    """A WSGI application that answers POSTed TimeStampReq by `respond`."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        refusal = _refusal(environ)
        if refusal is not None:
            return _plain(start_response, refusal)
        size = int(environ["CONTENT_LENGTH"])
        request = cast(BinaryIO, environ["wsgi.input"]).read(size)
        if len(request) != size:
            return _plain(start_response, "400 Bad Request")
        reply = respond(request)
        start_response("200 OK", [("Content-Type", REPLY), ("Content-Length", str(len(reply)))])
        return [reply]

    return app


def _refusal(environ: "WSGIEnvironment") -> str | None:
    if environ.get("REQUEST_METHOD") != "POST":
        return "405 Method Not Allowed"
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != QUERY:
        return "415 Unsupported Media Type"
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return "411 Length Required"
    if len(length) > len(str(MAX_REQUEST)) or int(length) > MAX_REQUEST:
        return "413 Content Too Large"
    return None


def _plain(start_response: "StartResponse", status: str) -> list[bytes]:
    headers = [("Content-Type", "text/plain"), ("Content-Length", "0")]
    if status.startswith("405"):
        headers.append(("Allow", "POST"))
    start_response(status, headers)
    return []
