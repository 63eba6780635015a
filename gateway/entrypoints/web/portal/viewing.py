"""Documents page by page: one page a screen, its picture and its text, with links alone.

The picture's own address is what counts as shown; a HEAD, or the page around it, never does.
"""

from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.visit import Visit
from gateway.usecases.ports.viewing import Picture

CLOSEST = 2


def page(visit: Visit, session: PortalSession, position: int, page: int) -> Response:
    """Page `page` (from 1) of a document; `?text=1` without its picture, `?zoom=1` nearer."""
    if visit.request.method == "HEAD":
        return Response(content_type="text/html; charset=utf-8")
    zoom, as_text = _zoom(visit), "text" in visit.request.args
    if as_text:
        shown = visit.use_cases.page_text(session.who, position, page - 1)
    else:
        shown = visit.use_cases.page(session.who, position, page - 1, zoom)
    places = [document.position for document in shown.documents]
    after = places[places.index(position) + 1 :]
    return visit.page(
        "page.html",
        shown=shown,
        number=page,
        zoom=zoom,
        closest=CLOSEST,
        as_text=as_text,
        following=after[0] if after else None,
        guid=shown.document.guid,
        here=visit.url("page", position=position, page=page),
    )


def picture(visit: Visit, session: PortalSession, position: int, page: int) -> Response:
    """The page as WebP, or as PNG for browsers that do not know it; that it was shown is kept."""
    accept = visit.request.headers.get("Accept", "")
    kind = Picture.WEBP if Picture.WEBP.value in accept else Picture.PNG
    octets = b""
    if visit.request.method != "HEAD":
        octets = visit.use_cases.page_picture(session.who, position, page - 1, _zoom(visit), kind)
    response = Response(octets, content_type=kind.value)
    response.headers["Vary"] = "Accept"
    return response


def _zoom(visit: Visit) -> int:
    """Raises GatewayError(DOCUMENT_NOT_FOUND) for a zoom that no link offers."""
    text = visit.request.args.get("zoom", "0")
    if text not in {str(each) for each in range(CLOSEST + 1)}:
        raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
    return int(text)
