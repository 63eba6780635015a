"""A room of staff pages as a WSGI application: dispatch, signed-in people only, forms, refusals, headers.

Every POST is checked for its form token here, so that no handler forgets it. What a person may do is decided
by the use cases.
"""

import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.visit import Room, StaffVisit
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.security_headers import harden

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)
Handler = Callable[..., Response]


class StaffRequest(Request):
    """Forms of a few fields; a room with uploads brings a request of its own."""

    max_content_length = 64 * 1024
    max_form_memory_size = 64 * 1024
    max_form_parts = 100


@dataclass(frozen=True, slots=True)
class StaffRoom:
    """`handlers` by endpoint of `urls`; those in `free` answer nobody in particular, too.

    `settle` sets the cookies that the gate wants set, if any.
    """

    room: Room
    urls: Map
    handlers: Mapping[str, Handler]
    free: Collection[str] = ()
    request: type[Request] = StaffRequest
    settle: Callable[[Request, Response], None] = lambda _request, _response: None


def staff_app(
    place: StaffRoom, *, new_id: Callable[[], str] = lambda: secrets.token_hex(8)
) -> "WSGIApplication":
    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request, request_id = place.request(environ), new_id()
        try:
            response = _answer(place, StaffVisit(place.room, request), request_id)
            place.settle(request, response)
        except Exception:
            # Not even the page of a refusal could be drawn.
            _LOG.exception("request %s has no page", request_id)
            response = Response(ErrorKind.INTERNAL.code, 500, content_type="text/plain")
        harden(response, secure=place.room.secure)
        response.headers["X-Request-Id"] = request_id
        return response(environ, start_response)

    return application


def _answer(place: StaffRoom, visit: StaffVisit, request_id: str) -> Response:
    request, endpoint = visit.request, "no address"
    try:
        if "\0" in request.path or b"%00" in request.query_string:
            # No database keeps it, and some fail to be asked for it. Forms lose it as they are read.
            raise BadRequest
        # The host is never looked at: every address that is written here is relative to this one.
        places = place.urls.bind("staff", request.root_path or "/", path_info=request.path)
        endpoint, values = places.match(method=request.method)
        return _let_in(place, visit, endpoint, values)
    except HTTPException as error:
        return _http_problem(visit, error, request_id)
    except GatewayError as error:
        ours = error.kind.blame is Blame.RECEIVER
        level = logging.ERROR if ours else logging.INFO
        _LOG.log(level, "request %s to %s refused: %s", request_id, endpoint, error.kind.code, exc_info=ours)
        return problem(visit, error, request_id)
    except Exception:
        _LOG.exception("request %s to %s failed", request_id, endpoint)
        return problem(visit, GatewayError(ErrorKind.INTERNAL), request_id)


def _let_in(place: StaffRoom, visit: StaffVisit, endpoint: str, values: Mapping[str, object]) -> Response:
    if endpoint not in place.free and visit.person is None:
        return place.room.gate.to_sign_in(visit.request)
    if visit.request.method == "POST":
        place.room.gate.check_form(visit.request)
    return visit.chosen_language() or place.handlers[endpoint](visit, **values)


def problem(visit: StaffVisit, error: GatewayError, request_id: str) -> Response:
    """The page of a refusal; what it details is for staff to read."""
    kind, words = error.kind, visit.words
    ours = kind.blame is Blame.RECEIVER
    text = words("staff.form_expired") if kind is ErrorKind.CSRF else kind.text.in_language(words.language)
    more = words("staff.generic") if ours else error.detail
    return _page(visit, text, more, kind.code, answer_to(kind).status, request_id)


def _http_problem(visit: StaffVisit, error: HTTPException, request_id: str) -> Response:
    """What the HTTP layer refuses: addresses, methods, sizes, forms that are none."""
    if isinstance(error, RequestEntityTooLarge):
        return problem(visit, GatewayError(ErrorKind.TOO_LARGE), request_id)
    text = visit.words("staff.not_found" if error.code == 404 else "staff.bad_request")
    response = _page(visit, text, "", "", error.code or 400, request_id)
    for name, value in error.get_headers(visit.request.environ):
        if name == "Allow":
            response.headers[name] = value
    return response


def _page(visit: StaffVisit, text: str, more: str, code: str, status: int, request_id: str) -> Response:
    facts = {"text": text, "more": more, "code": code, "request_id": request_id, "here": ""}
    return visit.page("staff_problem.html", status=status, **facts)
