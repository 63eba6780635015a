"""The page of the sign method CERTIFICATE: call a signing program, or upload what was signed elsewhere.

It decides nothing about signatures; each way ends at the same use case, and works without script.
"""

import json
from collections.abc import Callable

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.recipient_signature import ErrandState
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_step, steps
from gateway.entrypoints.web.portal.signing import decide
from gateway.entrypoints.web.portal.visit import UPLOAD, Visit, form_status
from gateway.usecases.results import Stage

MULTIPART_ROOM = 64 * 1024
WAITING = frozenset({ErrandState.OPEN, ErrandState.FETCHED})


def certificate(visit: Visit, session: PortalSession) -> Response:
    """Which documents are signed, and both ways to sign the next one."""
    view = visit.use_cases.view(session.who)
    if view.stage is not Stage.CERTIFICATE:
        return next_step(visit, session)
    papers = visit.use_cases.to_sign(session.who)
    return visit.page(
        "certificate.html",
        view=view,
        papers=papers,
        next=next((each for each in papers if not each.taken), None),
        calls={call.document: call for call in visit.use_cases.calls(session.who)},
        guid=view.record.guid,
        step=steps(view, "sign"),
        here=visit.url("certificate"),
    )


def call(visit: Visit, session: PortalSession, position: int) -> Response:
    """POST: a call of the signing program for one document; the page then bears its address."""
    visit.check_form()
    try:
        visit.use_cases.call_program(session.who, position)
    except GatewayError as error:
        return _refused(visit, error)
    return visit.go("certificate")


def status(visit: Visit, session: PortalSession) -> Response:
    """How the calls stand, for the page's script: `waiting`, `arrived` or `over`."""
    states = {call.state for call in visit.use_cases.calls(session.who)}
    word = "waiting" if states & WAITING else "over"
    told = "arrived" if ErrandState.ANSWERED in states else word
    return Response(json.dumps({"state": told}), content_type="application/json")


def arrived(visit: Visit, session: PortalSession) -> Response:
    """POST: take what the signing program delivered; with the last document, the act."""
    visit.check_form()
    return _taken(visit, session, lambda: visit.use_cases.take_delivered(session.who))


def upload(visit: Visit, session: PortalSession, position: int) -> Response:
    """POST: take a file that was signed elsewhere; with the last document, the act."""
    largest = visit.use_cases.largest_signed
    visit.request.max_content_length = largest + MULTIPART_ROOM
    visit.request.max_form_memory_size = MULTIPART_ROOM
    visit.check_form(UPLOAD)
    file = visit.request.files.get("signed")
    octets = _octets(file)
    if not octets:
        return visit.retry("certificate", visit.words("certificate.no_file"), 422, "signed")
    return _taken(visit, session, lambda: visit.use_cases.take_signed(session.who, position, octets))


def finish(visit: Visit, session: PortalSession) -> Response:
    """POST: the act, when every document was signed before and it did not come to it then."""
    visit.check_form()
    return _taken(visit, session, lambda: True)


def _taken(visit: Visit, session: PortalSession, take: Callable[[], bool]) -> Response:
    try:
        if not take():
            return visit.go("certificate")
        return decide(visit, session, "signed", lambda: visit.use_cases.finish_signed(session.who))
    except GatewayError as error:
        return _refused(visit, error)


def _refused(visit: Visit, error: GatewayError) -> Response:
    """Back to the page, which says why."""
    status = form_status(error, ErrorKind.TOO_LARGE, ErrorKind.TEMPORARILY_UNAVAILABLE)
    text = error.kind.text.in_language(visit.words.language)
    return visit.retry("certificate", text, status)


def _octets(file: FileStorage | None) -> bytes:
    return file.stream.read() if file is not None else b""
