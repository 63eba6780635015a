"""What the pages do: show what is published, hand a document over, and take who wants to accept it.

A HEAD is no access and is answered without asking anything.
"""

from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.errors import Shown, answer_to
from gateway.entrypoints.web.public_visitor import PublicVisitor
from gateway.entrypoints.web.publication.use_cases import PublicationUseCases
from gateway.entrypoints.web.security_headers import FILE_POLICY
from gateway.usecases.publications.join import Told
from gateway.usecases.publications.view import Onlooker

FIELDS = ("name", "surname", "identifier", "phone", "email")


def publication(visitor: PublicVisitor, use_cases: PublicationUseCases, guid: str) -> Response:
    if visitor.request.method == "HEAD":
        return Response(content_type="text/html; charset=utf-8")
    here = f"{visitor.base}/{guid}"
    switched = visitor.chosen_language(here)
    return switched or _page(visitor, use_cases, guid, dict.fromkeys(FIELDS, ""))


def document(visitor: PublicVisitor, use_cases: PublicationUseCases, guid: str, number: int) -> Response:
    if visitor.request.method == "HEAD":
        return Response(content_type="application/pdf")
    found = use_cases.document(guid, number, _onlooker(visitor))
    response = Response(found.octets, content_type=found.media_type)
    name = (
        found.document.name if found.document.name.lower().endswith(".pdf") else f"{found.document.name}.pdf"
    )
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response


def join(visitor: PublicVisitor, use_cases: PublicationUseCases, guid: str) -> Response:
    """POST: the person becomes a recipient, and goes on at their own link; back to the form otherwise."""
    given = {name: visitor.field(name) for name in FIELDS}
    try:
        visitor.check_form()
        token = use_cases.join(guid, Told(**given), _onlooker(visitor))
    except GatewayError as error:
        answer = answer_to(error.kind)
        if error.kind is not ErrorKind.CSRF and answer.shown is not Shown.FORM:
            raise
        problem = error.kind.text.in_language(visitor.words.language)
        return _page(visitor, use_cases, guid, given, problem=problem, status=answer.status, field="name")
    return redirect(f"{visitor.request.root_path}/a/{token}", code=303)


def _page(
    visitor: PublicVisitor, use_cases: PublicationUseCases, guid: str, given: dict[str, str], **facts: object
) -> Response:
    view = use_cases.page(guid, _onlooker(visitor))
    here = f"{visitor.base}/{guid}"
    return visitor.page(
        "publication.html", view=view, guid=guid, here=here, given=given, test=view.record.sandbox, **facts
    )


def _onlooker(visitor: PublicVisitor) -> Onlooker:
    return Onlooker(visitor.address, visitor.request.headers.get("User-Agent", ""))
