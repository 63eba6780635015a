"""Copies of evidence: ask for one without an account, open the one-time link, fetch the files.

Asking is always answered by the same page. Following the link changes nothing: a button opens it, so that a
mail scanner spends nothing; then a cookie of this browser alone opens the files, for minutes.
"""

from collections.abc import Callable
from math import ceil

from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.portal.cookies import OpenedCopy
from gateway.entrypoints.web.portal.reading import file_response
from gateway.entrypoints.web.portal.visit import Visit

LONGEST = 100
_READ, _FORM = ("GET",), ("GET", "POST")
ADDRESSES = (
    ("copy_ask", "/copy", _FORM),
    ("copy_asked", "/copy/asked", _READ),
    ("copy_link", "/copy/<token:token>", _FORM),
    ("copy_file", "/copy/<token:token>/<int(max=9999):place>", _READ),
)


def ask(visit: Visit) -> Response:
    """GET: the form. POST: ask; whatever is right or wrong is answered the same."""
    if visit.request.method != "POST":
        return _form(visit)
    try:
        visit.check_form()
        guid, identifier = visit.field("guid")[:LONGEST], visit.field("identifier")[:LONGEST]
        if not guid or not identifier:
            return _form(visit, problem=visit.words("copies.empty"), status=422)
        visit.use_cases.ask_copy(guid, identifier, visit.request.remote_addr or "")
    except GatewayError as error:
        if error.kind not in {ErrorKind.CSRF, ErrorKind.TOO_MANY_ATTEMPTS}:
            raise
        expired = error.kind is ErrorKind.CSRF
        text = visit.words("identify.expired") if expired else visit.words.of(error.kind.text)
        return _form(visit, problem=text, status=answer_to(error.kind).status)
    return visit.redirect("copy_asked")


def asked(visit: Visit) -> Response:
    return visit.page("copy_asked.html", here=visit.plain("copy_asked"))


def link(visit: Visit) -> Response:
    """GET: the button, or the files of the one who pressed it. POST: open it, once."""
    here, copies, cookies = visit.url("copy_link"), visit.use_cases.copies, visit.portal.cookies
    opened = cookies.opened_copy(visit.request, visit.token, visit.now)
    if visit.request.method == "POST":
        visit.check_form()
        if opened is None:
            view = copies.redeem(visit.token)
            response = visit.go("copy_link")
            cookies.set_copy(response, visit.token, OpenedCopy(view.guid, view.position, view.until))
            return response
        return visit.go("copy_link")
    if opened is None:
        return visit.page("copy_link.html", view=copies.look(visit.token), help_url="", here=here)
    view = copies.shown(opened.guid, opened.position)
    minutes = max(1, ceil((opened.until - visit.now).total_seconds() / 60))
    return visit.page("copy_files.html", view=view, minutes=minutes, guid=view.guid, help_url="", here=here)


def file(visit: Visit, place: int) -> Response:
    """One file, always as a download. Raises GatewayError: COPY_LINK_SPENT, DOCUMENT_NOT_FOUND."""
    opened = visit.portal.cookies.opened_copy(visit.request, visit.token, visit.now)
    if opened is None:
        raise GatewayError(ErrorKind.COPY_LINK_SPENT)
    copies = visit.use_cases.copies
    files = copies.shown(opened.guid, opened.position).files
    if place >= len(files):
        raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
    if visit.request.method == "HEAD":
        return Response(content_type=files[place].media_type)
    found, octets = copies.fetch(opened.guid, opened.position, files[place].name)
    return file_response(octets, found.media_type, found.name, download=True)


def _form(visit: Visit, **facts: object) -> Response:
    here = visit.plain("copy_ask")
    return visit.page("copy_ask.html", csrf=visit.form_token, here=here, **facts)


ROUTES: dict[str, Callable[..., Response]] = {
    "copy_ask": ask,
    "copy_asked": asked,
    "copy_link": link,
    "copy_file": file,
}
