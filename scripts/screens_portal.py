"""What is shown of the recipient's pages: phone, tablet and desktop, light and dark, five languages."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from werkzeug.wrappers import Request, Response

from gateway.adapters.documents.logo import draw_logo
from gateway.domain.brand import Look

TABLET = (820, 1100)
# Page of `tests.browser.visitor`, name of the picture, size, dark, with the issuer's look, language.
SHOWN = (
    ("door", "identify-phone", "PHONE", False, False, "es"),
    ("door", "identify-brand-phone", "PHONE", False, True, "es"),
    ("door", "identify-brand-dark-phone", "PHONE", True, True, "eu"),
    ("door", "identify-desktop", "DESKTOP", False, True, "ca"),
    ("door_paused", "paused-phone", "PHONE", False, False, "es"),
    ("conditions", "conditions-phone", "PHONE", False, False, "es"),
    ("documents", "documents-phone", "PHONE", False, False, "es"),
    ("documents", "documents-tablet", "TABLET", False, True, "gl"),
    ("documents", "documents-dark-desktop", "DESKTOP", True, False, "en"),
    ("sign_sent", "sign-phone", "PHONE", False, False, "es"),
    ("sign_sent", "sign-dark-phone", "PHONE", True, True, "es"),
    ("pad", "pad-tablet", "TABLET", False, False, "es"),
    ("pad", "pad-phone", "PHONE", False, False, "es"),
    ("help", "help-phone", "PHONE", False, False, "es"),
    ("reject", "reject-phone", "PHONE", False, False, "es"),
    ("done_signed", "done-phone", "PHONE", False, True, "es"),
    ("closed", "closed-phone", "PHONE", False, False, "es"),
)


class Shelf:
    """A WSGI application that shows each page as it was answered, and lets it load what it needs."""

    def __init__(self, people: dict[str, Any]) -> None:
        self._people = people
        self._last: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        name = request.path.removeprefix("/seen/")
        if name in self._people:
            self._last = self._people[name]()
            answer = self._last.answer
        else:
            answer = self._last.client.get(request.full_path)
        # A refusal is a page as well, and a picture is taken of answers that are well.
        shown = Response(answer.data, 200, dict(answer.headers))
        return shown(environ, start_response)


@contextmanager
def served() -> Iterator[Any]:
    # The tests' portal is no part of what is installed, so it is looked for where pictures are taken.
    double: Any = import_module("tests.browser.portal_double")
    ways: dict[str, Any] = dict(import_module("tests.browser.visitor").every_page())
    screens: Any = import_module("scripts.screens")
    sizes = {"PHONE": screens.PHONE, "DESKTOP": screens.DESKTOP, "TABLET": TABLET}
    people: dict[str, Any] = {}
    shots = []
    for page, name, size, dark, branded, language in SHOWN:
        people[name] = _person(double, ways[page], branded, language)
        shots.append(screens.Shot(name, f"/seen/{name}", sizes[size], dark=dark))
    with import_module("tests.fakes").serving(Shelf(people), threads=1) as port:
        yield screens.Room(f"http://127.0.0.1:{port}", shots)


def _person(double: Any, way: Any, branded: bool, language: str) -> Callable[[], Any]:
    def come() -> Any:
        recipient = double.PortalDouble(language=language, clock=_noon(double))
        if branded:
            logo = draw_logo(bank_logo())
            recipient.look_of_issuer = Look("Banco Ejemplar", "#8a1538", logo.sha256, logo.size)
            recipient.picture = logo.octets
        return way(recipient)

    return come


def _noon(double: Any) -> Any:
    """A clock that stands still, so that the same pages give the same pictures."""

    class Noon(double.Clock):  # type: ignore[misc]
        def now(self) -> datetime:
            passed: timedelta = self.passed
            return datetime(2026, 11, 25, 12, tzinfo=UTC) + passed

    return Noon()


def bank_logo() -> bytes:
    """A bank's mark: two bars and a disc."""
    picture = Image.new("RGBA", (160, 120), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((10, 20, 40, 100), fill="#8a1538")
    pen.rectangle((52, 50, 82, 100), fill="#8a1538")
    pen.ellipse((94, 44, 150, 100), fill="#d9a441")
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
