"""The recipient portal as a WSGI application: limits, dispatch, refusals, headers, one request id each.

It knows nothing of pages. An access link's token stands in the address and is never written to a log.
"""

import io
import logging
import secrets
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING

from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.routing import Map
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.entrypoints.web.csrf import FormTokens
from gateway.entrypoints.web.portal import branding
from gateway.entrypoints.web.portal.cookies import PortalCookies
from gateway.entrypoints.web.portal.pages import Pages
from gateway.entrypoints.web.portal.problems import http_problem, refusal
from gateway.entrypoints.web.portal.routes import answer, portal_urls
from gateway.entrypoints.web.portal.use_cases import PortalUseCases
from gateway.entrypoints.web.portal.visit import Portal, Visit
from gateway.entrypoints.web.security_headers import harden
from gateway.entrypoints.web.static_files import StaticFile, load_static, serve_static
from gateway.entrypoints.web.texts import LANGUAGES
from gateway.usecases.ports import Clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)


class PortalRequest(Request):
    """Forms here are a few short fields; whatever is larger or of another kind is refused."""

    max_content_length = 16 * 1024
    max_form_memory_size = 16 * 1024
    max_form_parts = 20

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        """In memory, which the limit on the whole body bounds: nothing of anybody lies in a file in clear."""
        return io.BytesIO()


def portal_app(
    use_cases: PortalUseCases,
    *,
    key: bytes,
    secure: bool,
    clock: Clock,
    new_id: Callable[[], str] = lambda: secrets.token_hex(8),
) -> "WSGIApplication":
    """The portal, served under /a/<token>, /e/<ticket> and /static/.

    `key` (32 bytes at least) signs cookies and forms and is the same on every node; `secure` is False only
    for a demonstration over plain http. Raises GatewayError(CONFIGURATION) for a short key.
    """
    static = load_static()
    portal = Portal(use_cases, Pages(static), PortalCookies(key, secure), FormTokens(key), clock)
    urls = portal_urls()

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = PortalRequest(environ)
        request_id = new_id()
        try:
            response = _answer(portal, static, urls, request, request_id)
        except Exception:
            # Not even the page of a refusal could be drawn.
            _LOG.exception("request %s has no page", request_id)
            response = Response(ErrorKind.INTERNAL.code, 500, content_type="text/plain")
        harden(response, secure=secure)
        response.headers["X-Request-Id"] = request_id
        return response(environ, start_response)

    return application


def _answer(
    portal: Portal, static: dict[str, StaticFile], urls: Map, request: Request, request_id: str
) -> Response:
    # The host is never looked at: every address that is written here is relative to this one.
    places = urls.bind("portal", request.root_path or "/", path_info=request.path)
    visit, endpoint = Visit(portal, request, places), "no address"
    try:
        _refuse_prefetch(request)
        endpoint, values = places.match(method=request.method)
        if endpoint == "static":
            return serve_static(static, values["name"])
        if endpoint == "brand":
            return branding.serve(portal.use_cases, values["name"])
        places_in = {name: value for name, value in values.items() if name != "token"}
        visit = Visit(portal, request, places, values.get("token", ""))
        return _chosen_language(visit) or answer(visit, endpoint, **places_in)
    except HTTPException as error:
        return http_problem(visit, error, request_id)
    except GatewayError as error:
        _note(error, endpoint, request_id)
        return refusal(visit, error, request_id)
    except Exception:
        _LOG.exception("request %s to %s failed", request_id, endpoint)
        return refusal(visit, GatewayError(ErrorKind.INTERNAL), request_id)


def _refuse_prefetch(request: Request) -> None:
    """What a browser fetches before anybody asked for it must never count as having been read."""
    said = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    if "prefetch" in said.lower() or "prerender" in said.lower():
        raise ServiceUnavailable


def _note(error: GatewayError, endpoint: str, request_id: str) -> None:
    ours = error.kind.blame is Blame.RECEIVER
    level = logging.ERROR if ours else logging.INFO
    _LOG.log(level, "request %s to %s refused: %s", request_id, endpoint, error.kind.code, exc_info=ours)


def _chosen_language(visit: Visit) -> Response | None:
    """The language switch is a link, so that it works without script; it changes only a cookie."""
    chosen = visit.request.args.get("lang", "")
    if visit.request.method != "GET" or chosen not in LANGUAGES:
        return None
    response = redirect(visit.request.root_path + visit.request.path, code=303)
    visit.portal.cookies.set_language(response, chosen)
    return response
