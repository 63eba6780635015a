"""Refusals as pages: the table of the web door says which, this file draws it.

The catalogue's texts are shown, never the refusal's detail: that is written for integrators.
"""

from http import HTTPStatus

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.web.errors import Shown, answer_to
from gateway.entrypoints.web.portal.entry import next_step
from gateway.entrypoints.web.portal.visit import Visit

_KIND_OF = {
    413: ErrorKind.TOO_LARGE,
    415: ErrorKind.MEDIA_TYPE_REFUSED,
}

_PASSES_IN = "10"  # Seconds, for whatever cures itself.
# What the person can do about it, where the refusal alone does not say.
_MORE = {ErrorKind.ACCESS_DENIED: "error.not_found_text", ErrorKind.CSRF: "error.csrf_text"}


def refusal(visit: Visit, error: GatewayError, request_id: str) -> Response:
    """The page and status of a refusal; a step out of order leads to the step that is next."""
    found = answer_to(error.kind)
    if found.shown is Shown.CLOSED:
        return visit.page(
            "closed.html",
            kind=error.kind,
            status=found.status,
            help_url="",
            copy_url=visit.plain("copy_ask"),
            here=visit.url("door") if visit.token else "",
        )
    if found.shown is Shown.STEP and visit.session:
        try:
            return next_step(visit, visit.session)
        except GatewayError as closed:
            error, found = closed, answer_to(closed.kind)
            if found.shown is not Shown.STEP:
                return refusal(visit, closed, request_id)
    more = _MORE.get(error.kind, "error.generic" if error.kind.blame is Blame.RECEIVER else "")
    return _problem(
        visit,
        found.status,
        request_id,
        text=visit.words.of(error.kind.text),
        more=visit.words(more) if more else "",
        code=error.kind.code,
    )


def http_problem(visit: Visit, error: HTTPException, request_id: str) -> Response:
    """What the HTTP layer refuses before any handler runs: addresses, methods, sizes."""
    status = error.code or 400
    if status == 404:
        texts = ("error.not_found", "error.not_found_text")
    else:
        texts = ("error.bad_request", "error.bad_request_text")
    text, more = (visit.words(key) for key in texts)
    kind = _KIND_OF.get(status)
    if kind:
        text = visit.words.of(kind.text)
    response = _problem(visit, status, request_id, text=text, more=more, code="")
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _problem(visit: Visit, status: int, request_id: str, **texts: str) -> Response:
    # A link that is denied would only be denied again.
    denied = texts["code"] == ErrorKind.ACCESS_DENIED.code
    start = visit.url("door") if visit.token and not denied else ""
    response = visit.page(
        "problem.html", status=status, request_id=request_id, start=start, help_url="", **texts
    )
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _PASSES_IN
    return response
