"""The verification page as a WSGI application: limits, dispatch, refusals, headers, one request id each.

It knows nothing of signatures, and writes neither files nor what was verified to any log.
"""

import io
import logging
import secrets
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.web.csrf import FormTokens
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.public_pages import PublicPages
from gateway.entrypoints.web.public_visitor import Counter
from gateway.entrypoints.web.security_headers import harden
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.static_files import load_static
from gateway.entrypoints.web.verify import handlers
from gateway.entrypoints.web.verify.use_cases import VerifyUseCases
from gateway.entrypoints.web.verify.visitor import Desk, Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)
HANDLERS: dict[str, Callable[[Visitor], Response]] = {
    "door": handlers.door,
    "code": handlers.code,
    "report": handlers.report,
}
# A report of a large pack, signed and carried by the browser, is the longest field.
LONGEST_FIELD, MOST_FIELDS = 4 * 1024 * 1024, 60
MULTIPART_ROOM = 64 * 1024


class VerifyRequest(Request):
    """Uploads stay in memory, which the limit on the whole body bounds."""

    max_form_memory_size = LONGEST_FIELD
    max_form_parts = MOST_FIELDS

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return io.BytesIO()


def verify_app(
    use_cases: VerifyUseCases,
    *,
    key: bytes,
    secure: bool,
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
) -> "WSGIApplication":
    """The page, served under /verify; its style comes from the portal's /static/.

    `key` (32 bytes at least) signs forms and carried reports. Raises GatewayError(CONFIGURATION) for a
    short one.
    """
    counter = Counter("verify", PublicPages(load_static()), FormTokens(key), secure)
    desk = Desk(use_cases, Signer(key, "verify report"), counter)
    urls = Map(
        [
            Rule("/verify", endpoint="door", methods=("GET", "POST")),
            Rule("/verify/code", endpoint="code", methods=("POST",)),
            Rule("/verify/report", endpoint="report", methods=("POST",)),
        ],
        strict_slashes=False,
        merge_slashes=False,
    )

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = VerifyRequest(environ)
        request.max_content_length = use_cases.largest + MULTIPART_ROOM
        request_id = new_id()
        response = _answer(Visitor(desk, request), urls, request_id)
        harden(response, secure=secure)
        response.headers["X-Request-Id"] = request_id
        return response(environ, start_response)

    return application


def _answer(visitor: Visitor, urls: Map, request_id: str) -> Response:
    request, endpoint = visitor.request, "no address"
    try:
        places = urls.bind("verify", request.root_path or "/", path_info=request.path)
        endpoint, _ = places.match(method=request.method)
        return HANDLERS[endpoint](visitor)
    except HTTPException as error:
        return _http_problem(visitor, error, request_id)
    except GatewayError as error:
        _LOG.error("request %s to %s refused: %s", request_id, endpoint, error.kind.code, exc_info=True)
        return _problem(visitor, error.kind, answer_to(error.kind).status, request_id)
    except Exception:
        _LOG.exception("request %s to %s failed", request_id, endpoint)
        return _problem(visitor, ErrorKind.INTERNAL, 500, request_id)


def _http_problem(visitor: Visitor, error: HTTPException, request_id: str) -> Response:
    """What the HTTP layer refuses: addresses, methods, sizes, forms that are none."""
    if isinstance(error, RequestEntityTooLarge):
        return _problem(visitor, ErrorKind.TOO_LARGE, 413, request_id)
    key = "error.not_found" if error.code == 404 else "error.bad_request"
    response = _page(visitor, visitor.words(key), "", error.code or 400, request_id)
    for name, value in error.get_headers(visitor.request.environ):
        if name == "Allow":
            response.headers[name] = value
    return response


def _problem(visitor: Visitor, kind: ErrorKind, status: int, request_id: str) -> Response:
    text = visitor.words.of(kind.text)
    return _page(visitor, text, kind.code, status, request_id, ours=kind.blame is Blame.RECEIVER)


def _page(
    visitor: Visitor, text: str, code: str, status: int, request_id: str, ours: bool = False
) -> Response:
    more = visitor.words("error.generic") if ours else ""
    facts = {"text": text, "more": more, "code": code, "start": visitor.base, "request_id": request_id}
    return visitor.page("problem.html", status=status, **facts)
