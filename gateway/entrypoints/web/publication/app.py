"""Publications as a WSGI application, under /p/<GUID>: limits, dispatch, refusals, headers.

A GUID is no secret: what is public is public, and what is not yet is not found.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.web.csrf import FormTokens
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.public_pages import PublicPages
from gateway.entrypoints.web.public_visitor import Counter, PublicVisitor
from gateway.entrypoints.web.publication import handlers
from gateway.entrypoints.web.publication.use_cases import PublicationUseCases
from gateway.entrypoints.web.security_headers import harden
from gateway.entrypoints.web.static_files import load_static

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)
HANDLERS: dict[str, Callable[..., Response]] = {
    "publication": handlers.publication,
    "document": handlers.document,
    "join": handlers.join,
}


class PublicationRequest(Request):
    """A form here is a few short fields."""

    max_content_length = 16 * 1024
    max_form_memory_size = 16 * 1024
    max_form_parts = 20


class _Guid(BaseConverter):
    regex = r"\d{6}-\d{4}-\d{15}\.par"


def publication_app(
    use_cases: PublicationUseCases,
    *,
    key: bytes,
    secure: bool,
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
) -> "WSGIApplication":
    """`key` (32 bytes at least) signs forms. Raises GatewayError(CONFIGURATION) for a short one."""
    counter = Counter("p", PublicPages(load_static()), FormTokens(key), secure)
    urls = Map(
        [
            Rule("/p/<guid:guid>", endpoint="publication", methods=("GET",)),
            Rule("/p/<guid:guid>/documents/<int(max=9999):number>", endpoint="document", methods=("GET",)),
            Rule("/p/<guid:guid>/accept", endpoint="join", methods=("POST",)),
        ],
        converters={"guid": _Guid},
        strict_slashes=False,
        merge_slashes=False,
    )

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request_id = new_id()
        visitor = PublicVisitor(counter, PublicationRequest(environ))
        response = _answer(visitor, use_cases, urls, request_id)
        harden(response, secure=secure)
        response.headers["X-Request-Id"] = request_id
        return response(environ, start_response)

    return application


def _answer(visitor: PublicVisitor, use_cases: PublicationUseCases, urls: Map, request_id: str) -> Response:
    request = visitor.request
    try:
        places = urls.bind("p", request.root_path or "/", path_info=request.path)
        endpoint, values = places.match(method=request.method)
        return HANDLERS[endpoint](visitor, use_cases, **values)
    except HTTPException as error:
        key = "error.not_found" if error.code == 404 else "error.bad_request"
        return _problem(visitor, visitor.words(key), "", error.code or 400, request_id)
    except GatewayError as error:
        return _refusal(visitor, error.kind, request_id)
    except Exception:
        # The last door: the story goes into the log, and a page without it to whoever asked.
        _LOG.exception("request %s failed", request_id)
        return _refusal(visitor, ErrorKind.INTERNAL, request_id)


def _refusal(visitor: PublicVisitor, kind: ErrorKind, request_id: str) -> Response:
    text = kind.text.in_language(visitor.words.language)
    more = visitor.words("error.generic") if kind.blame is Blame.RECEIVER else ""
    return _problem(visitor, text, kind.code, answer_to(kind).status, request_id, more)


def _problem(
    visitor: PublicVisitor, text: str, code: str, status: int, request_id: str, more: str = ""
) -> Response:
    facts = {"text": text, "more": more, "code": code, "start": "", "here": "", "request_id": request_id}
    return visitor.page("problem.html", status=status, **facts)
