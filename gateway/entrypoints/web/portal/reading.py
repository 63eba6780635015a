"""Conditions and documents: what an identified recipient reads before deciding.

Only a GET of the documents page by an identified person counts as consulting; a HEAD never does.
"""

from urllib.parse import quote

from werkzeug.wrappers import Response

from gateway.domain.documents import PDF
from gateway.domain.errors import GatewayError
from gateway.domain.participation import Role, role_of
from gateway.domain.viewing import ranges
from gateway.entrypoints.web.portal import acknowledge
from gateway.entrypoints.web.portal.choosing import choices
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_step, steps
from gateway.entrypoints.web.portal.visit import Visit, form_status
from gateway.entrypoints.web.security_headers import FILE_POLICY
from gateway.usecases.results import Stage
from gateway.usecases.stages import has_form

READABLE = frozenset({Stage.FORMS, Stage.DOCUMENTS, Stage.SIGN, Stage.CERTIFICATE, Stage.PAD})


def conditions(visit: Visit, session: PortalSession) -> Response:
    """GET: show the conditions. POST: accept them, which the checkbox must say."""
    if visit.request.method == "POST":
        visit.check_form()
        if visit.field("accept") == "yes":
            return _accept(visit, session)
        return visit.retry("conditions", visit.words("conditions.missing"), 422, "accept")
    view = visit.use_cases.view(session.who)
    if view.stage is not Stage.CONDITIONS:
        return next_step(visit, session)
    step, here = steps(view, "conditions"), visit.url("conditions")
    shown, guid = visit.use_cases.conditions_shown(session.who), view.record.guid
    lines = [(line.lstrip("# "), line.startswith("#")) for line in shown.text.splitlines() if line]
    return visit.page("conditions.html", view=view, shown=shown, lines=lines, guid=guid, step=step, here=here)


def _accept(visit: Visit, session: PortalSession) -> Response:
    """What the page showed and nothing else: another version in force is shown, and asked for, first."""
    try:
        visit.use_cases.accept_conditions(session.who, visit.field("shown"))
    except GatewayError as error:
        return visit.retry("conditions", visit.words.of(error.kind.text), form_status(error), "accept")
    return next_step(visit, session)


def conditions_pdf(visit: Visit, session: PortalSession) -> Response:
    octets = b"" if visit.request.method == "HEAD" else visit.use_cases.conditions_pdf(session.who)
    return file_response(octets, PDF, f"{visit.words('conditions.title')}.pdf", download=True)


def documents(visit: Visit, session: PortalSession) -> Response:
    """The list of documents; showing it is what CONSULTED means."""
    if visit.request.method == "HEAD":
        return Response(content_type="text/html; charset=utf-8")
    view = visit.use_cases.view(session.who)
    if view.stage not in READABLE:
        return next_step(visit, session)
    if acknowledge.is_unread(view):
        return acknowledge.ask(visit, session, view)
    if view.stage in {Stage.FORMS, Stage.DOCUMENTS}:
        visit.use_cases.show_documents(session.who)
    # Whoever only reads is asked for no code.
    reads, asked = role_of(view.recipient.asked) is Role.VIEWER, view.stage is Stage.FORMS
    coded = view.recipient.sign_method.coded and not reads and not asked
    code = visit.use_cases.code_status(session.who) if coded else None
    return visit.page(
        "documents.html",
        view=view,
        code=code,
        reads=reads,
        asked=asked,
        has_form=has_form(view.record, view.recipient),
        missing=visit.use_cases.pages_missing(session.who) if view.record.asked.flow.must_scroll else (),
        ranges=lambda pages: ranges([page + 1 for page in pages]),
        choices=choices(view),
        guid=view.record.guid,
        step=steps(view, "documents"),
        here=visit.url("documents"),
    )


def document(visit: Visit, session: PortalSession, position: int) -> Response:
    """One stamped document, in the browser or, with `?download`, as a file."""
    if visit.request.method == "HEAD":
        return file_response(b"", PDF, "", download=False)
    found = visit.use_cases.read_document(session.who, position)
    name = found.document.name
    if found.media_type == PDF and not name.lower().endswith(".pdf"):
        name += ".pdf"
    # What is not a PDF is never drawn by the browser on this site's behalf.
    download = "download" in visit.request.args or found.media_type != PDF
    return file_response(found.octets, found.media_type, name, download=download)


def file_response(octets: bytes, media_type: str, name: str, *, download: bool) -> Response:
    """A file under its own name, under a policy that lets it do nothing."""
    response = Response(octets, content_type=media_type)
    kind = "attachment" if download else "inline"
    plain = "".join(mark if (mark.isascii() and mark.isalnum()) or mark in "._- " else "_" for mark in name)
    response.headers["Content-Disposition"] = (
        f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    return response
