"""Operation codes at the portal: ask for one, see whether it left, and type it to open or to sign.

The code itself passes through here once, from the form to the use case, and is neither kept nor logged.
"""

import json

from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.portal.choosing import choose
from gateway.entrypoints.web.portal.code_states import code_state
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_page, next_step, steps
from gateway.entrypoints.web.portal.visit import Visit, form_status
from gateway.usecases.results import Stage


def code_page(visit: Visit, session: PortalSession) -> Response:
    """The page that types a code, for the act of the present stage."""
    view = visit.use_cases.view(session.who)
    if view.stage not in {Stage.UNLOCK, Stage.SIGN}:
        return next_step(visit, session)
    page = "unlock" if view.stage is Stage.UNLOCK else "sign"
    code = visit.use_cases.code_status(session.who)
    return visit.page(
        "code.html",
        view=view,
        act=page,
        code=code,
        state=code_state(code, visit.words, visit.now),
        guid=view.record.guid,
        step=steps(view, page),
        here=visit.url(page),
    )


def unlock(visit: Visit, session: PortalSession) -> Response:
    """GET: the page of code 1. POST: open the documents with it."""
    if visit.request.method != "POST":
        return _only_at(visit, session, Stage.UNLOCK)
    visit.check_form()
    try:
        visit.use_cases.unlock(session.who, typed_code(visit))
    except GatewayError as error:
        return refused(visit, session, error, field="code")
    return next_step(visit, session)


def request_code(visit: Visit, session: PortalSession) -> Response:
    """POST only: have a code sent; the worker draws and sends it within a second or so."""
    visit.check_form()
    try:
        choose(visit, session)
        visit.use_cases.request_code(session.who)
    except GatewayError as error:
        paused = error.kind is ErrorKind.TOO_MANY_ATTEMPTS
        return refused(visit, session, error, visit.words("code.wait") if paused else "")
    return next_step(visit, session)


def request_call(visit: Visit, session: PortalSession) -> Response:
    """POST only: be called instead; the new code voids the one that came by SMS."""
    visit.check_form()
    try:
        visit.use_cases.request_call(session.who)
    except GatewayError as error:
        paused = error.kind is ErrorKind.TOO_MANY_ATTEMPTS
        return refused(visit, session, error, visit.words("code.wait") if paused else "")
    return next_step(visit, session)


def code_status(visit: Visit, session: PortalSession) -> Response:
    """For the page's script: how the code stands, as a word and a sentence in JSON."""
    state = code_state(visit.use_cases.code_status(session.who), visit.words, visit.now)
    body = json.dumps({"state": state.word, "text": state.text, "waits": state.waits})
    return Response(body, content_type="application/json")


def typed_code(visit: Visit) -> str:
    """Six digits, however they were grouped. Raises MalformedCode."""
    code = "".join(visit.field("code").split())
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        raise MalformedCode
    return code


class MalformedCode(GatewayError):
    """What cannot be a code costs no attempt: it never reaches the use case."""

    def __init__(self) -> None:
        super().__init__(ErrorKind.CODE_WRONG)


def refused(
    visit: Visit, session: PortalSession, error: GatewayError, problem: str = "", field: str = ""
) -> Response:
    """Back to the page of the stage, with what is wrong. Raises CLOSED when this refusal was the last,
    and whatever is no refusal of a form."""
    status = form_status(error)
    if isinstance(error, MalformedCode):
        problem = visit.words("code.malformed")
    if error.kind is ErrorKind.CONSENT_MISSING:
        problem = visit.words("consents.missing")
    problem = problem or visit.words.of(error.kind.text)
    return visit.retry(next_page(visit, session), problem, status, field)


def _only_at(visit: Visit, session: PortalSession, stage: Stage) -> Response:
    if visit.use_cases.view(session.who).stage is not stage:
        return next_step(visit, session)
    return code_page(visit, session)
