"""Whoever only reads: they say that they have read it, and are done."""

from werkzeug.wrappers import Response

from gateway.domain.errors import GatewayError
from gateway.entrypoints.web.portal.codes import refused
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.signing import decide
from gateway.entrypoints.web.portal.visit import Visit


def read(visit: Visit, session: PortalSession) -> Response:
    """POST only: "I have read it"."""
    visit.check_form()
    try:
        return decide(visit, session, "read", lambda: visit.use_cases.confirm_reading(session.who))
    except GatewayError as error:
        return refused(visit, session, error)
