"""The portal inside an issuer's own web: the one-time link, its cookie, and who may show it in a frame.

A GET shows a button and uses nothing up. Only a browser that redeemed a ticket gets pages that may be framed,
and only by the origins that are registered for the issuer; everything else stays `frame-ancestors 'none'`.
"""

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.portal.visit import Visit


def ticket(visit: Visit, ticket: str) -> Response:
    """GET: a button, that a script presses. POST: use the ticket up and go to the door of the link."""
    view = visit.use_cases.look_at_ticket(ticket)
    if visit.request.method != "POST":
        visit.framed_by = view.origins
        return visit.page(
            "ticket.html", issuer=view.issuer_name, action=visit.url("ticket", ticket=ticket), test=view.test
        )
    if visit.request.mimetype != "application/x-www-form-urlencoded":
        raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED)
    if visit.request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise GatewayError(ErrorKind.CSRF)
    redeemed = visit.use_cases.redeem_ticket(ticket)
    response = redirect(visit.url("door", token=redeemed.token), code=303)
    visit.portal.cookies.set_embedding(response, redeemed.token, redeemed.return_url, visit.now)
    return response
