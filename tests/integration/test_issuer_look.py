"""An issuer's logo, colour and sender name: set by command, drawn anew, on every page and in its notices."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from gateway.adapters.documents.logo import LARGEST_LOGO, draw_logo
from gateway.domain.brand import Look
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.brands import Looks, SetLook
from tests.browser.portal_double import PortalDouble
from tests.browser.visitor import Visitor
from tests.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 200), **more: object) -> bytes:
    stream = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(stream, kind, **more)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew(kind: str) -> None:
    """Small enough for a page, and nothing but pixels is left of the file."""
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "somebody's secret")
    more = {"pnginfo": said} if kind == "PNG" else {"exif": Image.Exif()}
    logo = draw_logo(picture(kind, **more))
    assert logo.octets.startswith(b"\x89PNG")
    assert b"secret" not in logo.octets
    assert len(logo.octets) <= LARGEST_LOGO
    assert logo.sha256 == hashlib.sha256(logo.octets).hexdigest()
    with Image.open(BytesIO(logo.octets)) as drawn:
        assert drawn.size == logo.size == (480, 107)


@pytest.mark.parametrize(
    "octets",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture("GIF", (20, 20)),
        picture()[:300],
        picture("PNG", (8000, 3000)),
        b"\x89PNG\r\n\x1a\n" + b"0" * 40,
        b"0" * (2 * 1024 * 1024 + 1),
    ],
    ids=["svg", "gif", "cut", "pixels", "broken", "large"],
)  # fmt: skip
def test_other_files_are_no_logo(octets: bytes) -> None:
    """SVG is a program; a picture that is cut, broken or too large is no picture of ours."""
    with pytest.raises(GatewayError) as caught:
        draw_logo(octets)
    assert caught.value.kind is ErrorKind.LOGO_REFUSED


def test_the_operator_sets_a_look(house: House) -> None:
    """What is not named stays; each change is kept and audited; the picture is found by its digest."""
    logo, set_look = picture(size=(300, 100)), SetLook(house.tech.database, house.clock, draw_logo)
    first = set_look(1, "Banco Ejemplar", "#8A1538", logo)
    assert (first.sender_name, first.colour, first.logo_size) == ("Banco Ejemplar", "#8a1538", (300, 100))
    second = set_look(1, None, "", None)
    assert second == Look("Banco Ejemplar", "", first.logo_sha256, (300, 100))
    looks = Looks(house.tech.database, house.tech.codes)
    octets = looks.logo(first.logo_sha256)
    assert octets is not None
    assert hashlib.sha256(octets).hexdigest() == first.logo_sha256
    assert looks.of_link("nobody") == Look()
    assert set_look(1, "", None, b"") == Look()
    assert looks.logo(first.logo_sha256) is None


def test_pages_wear_the_look_before_anybody_identifies() -> None:
    """Same origin, named by content, kept for ever; without any style in the page itself."""
    double = PortalDouble()
    logo = draw_logo(picture(size=(300, 100)))
    double.look_of_issuer = Look("Banco <Ejemplar>", "#8a1538", logo.sha256, logo.size)
    double.picture = logo.octets
    person = Visitor(double)
    person.see()
    (image,) = person.page.xpath('//img[@class="logo"]')
    sheets = person.page.xpath('//link[@rel="stylesheet"]/@href')
    assert person.page.xpath('string(//div[@class="brand"]//strong)') == "Banco <Ejemplar>"
    assert "style=" not in person.answer.text
    served = person.ask(image.get("src"))
    assert (served.data, served.content_type) == (logo.octets, "image/png")
    assert "immutable" in served.headers["Cache-Control"]
    sheet = person.ask(sheets[1]).text
    assert "--brand: #8a1538" in sheet
    assert "prefers-color-scheme: dark" in sheet


@pytest.mark.parametrize(
    "name", ["ffff00-1.css", "8a1538-2.css", "8a1538;}-1.css", "..-1.css", "0" * 64 + ".png", "x.png"]
)
def test_there_is_nothing_else_beside_looks(name: str) -> None:
    """Neither colours that are refused nor pictures that nobody has."""
    assert Visitor(PortalDouble()).ask(f"/static/brand/{name}").status_code == 404


def test_a_closed_link_shows_nothing_of_the_issuer() -> None:
    """Whoever may no longer come in sees our own page."""
    double = PortalDouble()
    double.look_of_issuer = Look("Banco Ejemplar", "#8a1538")
    person = Visitor(double).challenge()
    person.see("reject")
    person.send("reject-form", reason="No")
    closed = Visitor(double)
    closed.see()
    assert closed.refusal == "E000101"
    assert "Banco Ejemplar" not in closed.answer.text
