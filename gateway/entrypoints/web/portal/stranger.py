"""“This is not me”: whoever got the message by mistake says so, without identifying themself.

A GET only asks; what counts is the form, which a robot that follows links never sends.
"""

from werkzeug.wrappers import Response

from gateway.entrypoints.web.portal.visit import Visit


def stranger(visit: Visit) -> Response:
    """GET: ask whether they are sure. POST: no message of this transaction reaches that contact again."""
    link, here = visit.link, visit.url("stranger")
    if visit.request.method != "POST":
        return visit.page("stranger.html", link=link, reported=False, here=here)
    visit.check_form()
    visit.use_cases.report_stranger(visit.token, visit.address)
    return visit.page("stranger.html", link=link, reported=True, here="")
