"""A certified notification: accepted or rejected before anything of it is shown, and read afterwards.

A communication is only read, on the same page and as often as one likes.
"""

from werkzeug.wrappers import Response

from gateway.domain.catalogue import Act
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_step, steps
from gateway.entrypoints.web.portal.signing import decide
from gateway.entrypoints.web.portal.visit import Visit
from gateway.usecases.results import PortalView, Stage


def is_unread(view: PortalView) -> bool:
    """Whether the content has to stay hidden."""
    return view.record.profile.act is Act.ACKNOWLEDGE and view.stage is not Stage.READ


def ask(visit: Visit, session: PortalSession, view: PortalView) -> Response:
    """What it is to accept it, in place of the documents: nothing of the content stands there."""
    code = visit.use_cases.code_status(session.who) if view.recipient.sign_method.coded else None
    step, here = steps(view, "documents"), visit.url("documents")
    return visit.page("acknowledge.html", view=view, code=code, guid=view.record.guid, step=step, here=here)


def read(visit: Visit, session: PortalSession) -> Response:
    """The content, once it is accepted, or open at once; showing it is evidence, the first time."""
    if visit.request.method == "HEAD":
        return Response(content_type="text/html; charset=utf-8")
    if visit.use_cases.view(session.who).stage is not Stage.READ:
        return next_step(visit, session)
    visit.use_cases.show_documents(session.who)
    view, here = visit.use_cases.view(session.who), visit.url("content")
    step, finishes = steps(view, "content"), view.recipient.acknowledged_at is not None
    own = "read." if finishes else "communication."
    return visit.page(
        "read.html", view=view, guid=view.record.guid, step=step, here=here, own=own, finishes=finishes
    )


def finish(visit: Visit, session: PortalSession) -> Response:
    """POST only: the recipient has read what they wanted to."""
    visit.check_form()
    return decide(visit, session, "accepted", lambda: visit.use_cases.finish_reading(session.who))
