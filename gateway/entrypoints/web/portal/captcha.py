"""Picture and recording of a CAPTCHA, for whoever is asked for one at the door of the link."""

from werkzeug.wrappers import Response

from gateway.entrypoints.web.portal.visit import Visit


def captcha(visit: Visit, challenge: str, kind: str) -> Response:
    """Raises NOT_FOUND for a challenge of another link or network, or one that is over."""
    octets, media_type = visit.use_cases.captcha_file(visit.token, visit.address, challenge, kind)
    return Response(octets, content_type=media_type)
