"""The portal's addresses, and what each needs before its handler runs: an identified person or nobody.

Every address of a recipient begins with the access link, so that an idle session ends at its own door.
"""

from collections.abc import Callable

from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Response

from gateway.entrypoints.web.portal import (
    acknowledge,
    captcha,
    certificate,
    codes,
    embedding,
    entry,
    forms,
    pad,
    reading,
    sharing,
    signing,
    stranger,
    viewing,
)
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.copies import ADDRESSES as COPY_ADDRESSES
from gateway.entrypoints.web.portal.copies import ROUTES as COPY_ROUTES
from gateway.entrypoints.web.portal.visit import Visit

Anybody = Callable[..., Response]
Identified = Callable[..., Response]

FREE: dict[str, Anybody] = COPY_ROUTES | {
    "door": entry.door,
    "help": entry.help_page,
    "captcha": captcha.captcha,
    "ticket": embedding.ticket,
    "stranger": stranger.stranger,
    "done": signing.done,
}
IDENTIFIED: dict[str, Identified] = {
    "conditions": reading.conditions,
    "conditions_pdf": reading.conditions_pdf,
    "documents": reading.documents,
    "document": reading.document,
    "page": viewing.page,
    "page_picture": viewing.picture,
    "form": forms.form,
    "unlock": codes.unlock,
    "begin": signing.begin,
    "consents": signing.consents,
    "code": codes.request_code,
    "call": codes.request_call,
    "code_status": codes.code_status,
    "sign": signing.sign,
    "pad": pad.pad,
    "content": acknowledge.read,
    "finish": acknowledge.finish,
    "certificate": certificate.certificate,
    "certificate_call": certificate.call,
    "certificate_status": certificate.status,
    "certificate_arrived": certificate.arrived,
    "certificate_upload": certificate.upload,
    "certificate_finish": certificate.finish,
    "reject": signing.reject,
    "read": sharing.read,
    "withdraw": signing.withdraw,
}

_READ, _FORM = ("GET",), ("GET", "POST")
_LINK = "/a/<token:token>"
_PAGE = f"{_LINK}/documents/<int(max=9999):position>/pages/<int(min=1, max=99999):page>"


class _Token(BaseConverter):
    """The shape of a link's token: URL-safe base64 of 120 bits at least."""

    regex = "[A-Za-z0-9_-]{20,128}"


def portal_urls() -> Map:
    """Built by the application's factory, once."""
    return Map(
        [
            Rule("/static/<name>", endpoint="static", methods=_READ),
            *(Rule(address, endpoint=name, methods=methods) for name, address, methods in COPY_ADDRESSES),
            Rule("/static/brand/<name>", endpoint="brand", methods=_READ),
            Rule(_LINK, endpoint="door", methods=_FORM),
            Rule("/e/<token:ticket>", endpoint="ticket", methods=_FORM),
            Rule(f"{_LINK}/help", endpoint="help", methods=_READ),
            Rule(f"{_LINK}/stranger", endpoint="stranger", methods=_FORM),
            Rule(f"{_LINK}/captcha/<token:challenge>.<kind>", endpoint="captcha", methods=_READ),
            Rule(f"{_LINK}/done", endpoint="done", methods=_READ),
            Rule(f"{_LINK}/conditions", endpoint="conditions", methods=_FORM),
            Rule(f"{_LINK}/conditions.pdf", endpoint="conditions_pdf", methods=_READ),
            Rule(f"{_LINK}/documents", endpoint="documents", methods=_READ),
            Rule(f"{_LINK}/documents/<int(max=9999):position>", endpoint="document", methods=_READ),
            Rule(f"{_PAGE}", endpoint="page", methods=_READ),
            Rule(f"{_PAGE}/picture", endpoint="page_picture", methods=_READ),
            Rule(f"{_LINK}/form", endpoint="form", methods=_FORM),
            Rule(f"{_LINK}/unlock", endpoint="unlock", methods=_FORM),
            Rule(f"{_LINK}/begin", endpoint="begin", methods=("POST",)),
            Rule(f"{_LINK}/consents", endpoint="consents", methods=("POST",)),
            Rule(f"{_LINK}/code", endpoint="code", methods=("POST",)),
            Rule(f"{_LINK}/call", endpoint="call", methods=("POST",)),
            Rule(f"{_LINK}/code-status", endpoint="code_status", methods=_READ),
            Rule(f"{_LINK}/sign", endpoint="sign", methods=_FORM),
            Rule(f"{_LINK}/read", endpoint="read", methods=("POST",)),
            Rule(f"{_LINK}/pad", endpoint="pad", methods=_FORM),
            Rule(f"{_LINK}/content", endpoint="content", methods=_READ),
            Rule(f"{_LINK}/finish", endpoint="finish", methods=("POST",)),
            *_certificate_urls(),
            Rule(f"{_LINK}/reject", endpoint="reject", methods=_FORM),
            Rule(f"{_LINK}/withdraw", endpoint="withdraw", methods=_FORM),
        ],
        converters={"token": _Token},
        strict_slashes=False,
        merge_slashes=False,
    )


def _certificate_urls() -> list[Rule]:
    page, place = f"{_LINK}/certificate", "<int(max=9999):position>"
    return [
        Rule(page, endpoint="certificate", methods=_READ),
        Rule(f"{page}/call/{place}", endpoint="certificate_call", methods=("POST",)),
        Rule(f"{page}/status", endpoint="certificate_status", methods=_READ),
        Rule(f"{page}/arrived", endpoint="certificate_arrived", methods=("POST",)),
        Rule(f"{page}/upload/{place}", endpoint="certificate_upload", methods=("POST",)),
        Rule(f"{page}/finish", endpoint="certificate_finish", methods=("POST",)),
    ]


def answer(visit: Visit, endpoint: str, **places: object) -> Response:
    """Run the handler. Without a session, its address leads to the link's own door."""
    if endpoint in FREE:
        return FREE[endpoint](visit, **places)
    session = visit.session
    if session is None:
        # A form sent twice by the one who has decided just now; a page looked at again is closed.
        twice = visit.request.method == "POST" and visit.receipt is not None
        return visit.go("done") if twice else visit.go("door", ended=1)
    response = IDENTIFIED[endpoint](visit, session, **places)
    if not visit.ended:
        _prolong(visit, session, endpoint, response)
    return response


def _prolong(visit: Visit, session: PortalSession, endpoint: str, response: Response) -> None:
    # The script's own polling is nobody's activity.
    if endpoint not in {"code_status", "certificate_status"}:
        visit.portal.cookies.set_session(response, session, visit.now)
