"""The way in: the link, the identifier, the help page, and the step that comes next.

A GET here changes nothing, so that a mail scanner or a link preview that follows the link proves nothing.
"""

from math import ceil

from werkzeug.wrappers import Response

from gateway.domain.catalogue import Act
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.signing import SignMethod
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.portal.cookies import FreshIds, PortalSession
from gateway.entrypoints.web.portal.visit import Visit, form_status
from gateway.usecases.results import PortalView, Stage
from gateway.usecases.stages import has_form

_LONGEST_IDENTIFIER = 100

_PAGE_OF = {
    Stage.CONDITIONS: "conditions",
    Stage.UNLOCK: "unlock",
    Stage.FORMS: "form",
    Stage.DOCUMENTS: "documents",
    Stage.SIGN: "sign",
    Stage.CERTIFICATE: "certificate",
    Stage.PAD: "pad",
    Stage.READ: "content",
}


def door(visit: Visit) -> Response:
    """GET: ask for the identifier, or lead on who has given it. POST: check it."""
    if visit.request.method == "POST":
        return _identify(visit)
    if visit.session:
        return next_step(visit, visit.session)
    return _ask(visit, ended="ended" in visit.request.args)


def next_step(visit: Visit, session: PortalSession) -> Response:
    """Redirect to the page of the stage. Raises CLOSED when there is none any more."""
    return visit.go(next_page(visit, session))


def next_page(visit: Visit, session: PortalSession) -> str:
    stage = visit.use_cases.view(session.who).stage
    if stage not in _PAGE_OF:
        raise GatewayError(ErrorKind.CLOSED)
    return _PAGE_OF[stage]


def steps(view: PortalView, page: str) -> tuple[int, int]:
    """Which step of how many the page is; two codes make one more."""
    order = ["identify", "conditions", "unlock", "form", "documents", "sign"]
    if not has_form(view.record, view.recipient):
        order.remove("form")
    if view.record.profile.codes < 2 or not view.recipient.sign_method.coded:
        order.remove("unlock")
    if view.record.profile.act is Act.NONE:
        order = ["identify", "conditions", "content"]
    if view.record.profile.act is Act.ACKNOWLEDGE:
        order.append("content")
    return order.index(page) + 1, len(order)


def help_page(visit: Visit) -> Response:
    """Why the code may not arrive, and whom to ask. Needs no identification: it tells nothing personal.

    Whoever is identified reads of their own method alone.
    """
    link, method = visit.link, _method(visit)
    return visit.page(
        "help.html",
        link=link,
        by_sms=method is None or method in {SignMethod.SMS, SignMethod.SMS_VOICE},
        by_call=method is None or method.by_call,
        here=visit.url("help"),
    )


def _method(visit: Visit) -> SignMethod | None:
    if visit.session is None:
        return None
    try:
        return visit.use_cases.view(visit.session.who).recipient.sign_method
    except GatewayError:
        # Help is given to whoever can do nothing else any more.
        return None


def _identify(visit: Visit) -> Response:
    # A closed or unknown link is refused before anything else is looked at.
    language, test = visit.link.language, visit.link.test
    visit.session = None
    value = visit.field("identifier")
    try:
        visit.check_form()
        if not value or len(value) > _LONGEST_IDENTIFIER:
            return visit.retry("door", visit.words("identify.empty"), 422, "identifier")
        ids = FreshIds.drawn()
        who = visit.use_cases.identify(visit.token, value, visit.arrival(ids))
    except GatewayError as error:
        if error.kind is ErrorKind.CSRF:
            return _ask_again(visit, error)
        problem = visit.words.of(error.kind.text)
        field = "identifier" if error.kind is ErrorKind.IDENTIFIER_MISMATCH else ""
        if error.kind is ErrorKind.CAPTCHA_WRONG:
            problem, field = visit.words("captcha.problem"), "captcha_answer"
        return visit.retry("door", problem, form_status(error), field)
    response = visit.go("door")
    session = visit.portal.cookies.open_session(visit.token, who, ids, language, test=test)
    visit.portal.cookies.set_session(response, session, visit.now)
    visit.portal.cookies.set_device(response, session, visit.now)
    return response


def _ask_again(visit: Visit, error: GatewayError) -> Response:
    """The form with a new token, at once: a browser that keeps no cookies would not keep a problem either."""
    keeps = visit.portal.cookies.came_back(visit.request, visit.token)
    text = visit.words("identify.expired" if keeps else "identify.cookies")
    return _ask(visit, problem=text, status=answer_to(error.kind).status)


def _ask(visit: Visit, **facts: object) -> Response:
    link = visit.link
    seconds = (link.locked_until - visit.now).total_seconds() if link.locked_until else 0
    minutes = max(0, ceil(seconds / 60))
    captcha = visit.use_cases.captcha(visit.token, visit.address)
    shown = {"ended": False, "minutes": minutes, "here": visit.url("door"), "captcha": captcha} | facts
    response = visit.page("identify.html", link=link, **shown)
    if minutes:
        response.headers["Retry-After"] = str(ceil(seconds))
    return response
