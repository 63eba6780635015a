"""The first page on a phone weighs little and asks nobody else, with an issuer's logo and colour too."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image
from playwright.sync_api import BrowserContext, Response

from gateway.adapters.documents.logo import draw_logo
from gateway.domain.brand import Look
from tests.browser.conftest import Site
from tests.browser.portal_double import PortalDouble

MOST = 100_000


def test_the_first_page_stays_under_100_kb(
    serve: Callable[[PortalDouble], Site], phone: Callable[..., BrowserContext]
) -> None:
    """Octets on the wire, headers among them, uncompressed; the heaviest logo that is accepted is there."""
    stream = BytesIO()
    Image.effect_noise((240, 150), 60).convert("RGB").save(stream, "PNG")
    logo, double = draw_logo(stream.getvalue()), PortalDouble()
    double.look_of_issuer = Look("Banco Ejemplar", "#8a1538", logo.sha256, logo.size)
    double.picture = logo.octets
    site, answers = serve(double), list[Response]()
    page = site.watch(phone().new_page())
    page.on("response", lambda answer: answers.append(answer))
    page.goto(site.link, wait_until="networkidle")
    sizes = {answer.url: answer.request.sizes() for answer in answers}
    total = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes.values())
    assert 10_000 < total < MOST, sizes
    assert any(url.endswith(".png") for url in sizes)
    assert (
        page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand')") == "#8a1538"
    )
    site.settled()
