"""The pad: the page on which a signature is drawn, and the drawing that its form brings.

The drawing passes through here once, from the form to the use case; it is neither kept, logged nor shown.
"""

import json
from typing import Any, Never

from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.strokes import MOST_POINTS, MOST_STROKES, Drawing, Point, Pointer
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_page, next_step, steps
from gateway.entrypoints.web.portal.signing import decide
from gateway.entrypoints.web.portal.visit import Visit, form_status
from gateway.usecases.results import Stage

# The most points that are taken, of 22 characters each; a form escapes the signs between the numbers.
LARGEST_FORM = 2 * 1024 * 1024
_NUMBERS_OF_A_POINT = 4


def pad(visit: Visit, session: PortalSession) -> Response:
    """GET: the pad, and what is signed on it. POST: sign with what was drawn."""
    if visit.request.method != "POST":
        return _page(visit, session)
    visit.request.max_content_length = LARGEST_FORM
    visit.request.max_form_memory_size = LARGEST_FORM
    visit.check_form()
    bound = visit.field("bound")
    try:
        drawing = read_drawing(visit.request.form.get("drawing", ""))
        return decide(
            visit, session, "signed", lambda: visit.use_cases.sign_on_pad(session.who, drawing, bound)
        )
    except GatewayError as error:
        status = form_status(error)
        problem = error.kind.text.in_language(visit.words.language)
        return visit.retry(next_page(visit, session), problem, status)


def _page(visit: Visit, session: PortalSession) -> Response:
    view = visit.use_cases.view(session.who)
    if view.stage is not Stage.PAD:
        return next_step(visit, session)
    return visit.page(
        "pad.html",
        view=view,
        bound=visit.use_cases.pad(session.who),
        guid=view.record.guid,
        step=steps(view, "sign"),
        here=visit.url("pad"),
    )


def read_drawing(text: str) -> Drawing:
    """What the page's script wrote: `{"width", "height", "pointer", "strokes": [[[x, y, time, pressure]]]}`,
    whole numbers in the units of `domain/strokes`, and nothing besides.

    Raises GatewayError: DRAWING_TOO_SHORT for none, DRAWING_INVALID for anything else.
    """
    if not text:
        raise GatewayError(ErrorKind.DRAWING_TOO_SHORT)
    try:
        read = json.loads(text, parse_constant=_no_number, parse_float=_no_number)
        return _drawing(read)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise GatewayError(ErrorKind.DRAWING_INVALID, "the drawing is not well written") from None


def _drawing(read: Any) -> Drawing:
    if set(read) != {"width", "height", "pointer", "strokes"} or not isinstance(read["strokes"], list):
        raise ValueError("not a drawing")
    strokes = read["strokes"]
    if not strokes:
        raise GatewayError(ErrorKind.DRAWING_TOO_SHORT)
    if len(strokes) > MOST_STROKES or sum(map(len, strokes)) > MOST_POINTS:
        raise ValueError("too much of it")
    return Drawing(
        _whole(read["width"]),
        _whole(read["height"]),
        Pointer(read["pointer"]),
        tuple(tuple(_point(point) for point in stroke) for stroke in strokes),
    )


def _point(read: Any) -> Point:
    if not isinstance(read, list) or len(read) != _NUMBERS_OF_A_POINT:
        raise ValueError("not a point")
    return Point(*(_whole(number) for number in read))


def _whole(number: Any) -> int:
    if type(number) is not int:
        raise ValueError("not a whole number")
    return number


def _no_number(_written: str) -> Never:
    raise ValueError("whole numbers only")
