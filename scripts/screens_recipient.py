"""What recipients, readers of publications and employees see of a whole gateway, with real state behind."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from gateway.adapters.documents.logo import draw_logo
from gateway.usecases.brands import SetLook
from scripts.screens_portal import TABLET, Shelf, bank_logo

# Page of `tests.browser.customer`, name of the picture, size, dark, with the issuer's look, language.
SHOWN = (
    ("captcha", "captcha-phone", "PHONE", False, False, "es"),
    ("stranger", "stranger-phone", "PHONE", False, False, "es"),
    ("page", "page-phone", "PHONE", False, False, "es"),
    ("page", "page-dark-phone", "PHONE", True, True, "eu"),
    ("page_near", "page-near-phone", "PHONE", False, False, "es"),
    ("page_text", "page-text-phone", "PHONE", False, False, "es"),
    ("missing", "missing-phone", "PHONE", False, False, "es"),
    ("form", "form-phone", "PHONE", False, False, "ca"),
    ("form_wrong", "form-wrong-phone", "PHONE", False, False, "es"),
    ("choice", "choice-phone", "PHONE", False, False, "es"),
    ("reader", "reader-phone", "PHONE", False, False, "es"),
    ("pad", "pad-drawn-tablet", "TABLET", False, True, "es"),
    ("certificate", "certificate-phone", "PHONE", False, False, "es"),
    ("certificate", "certificate-upload-phone", "PHONE", True, False, "es"),
    ("certificate_called", "certificate-called-phone", "PHONE", False, False, "ca"),
    ("call", "call-phone", "PHONE", False, False, "es"),
    ("call_made", "call-made-phone", "PHONE", False, False, "ca"),
    ("call_instead", "call-instead-phone", "PHONE", False, False, "es"),
    ("acknowledge", "acknowledge-phone", "PHONE", False, False, "es"),
    ("acknowledge_code", "acknowledge-code-phone", "PHONE", False, False, "es"),
    ("content", "content-phone", "PHONE", True, False, "es"),
    ("communication", "communication-phone", "PHONE", False, False, "es"),
    ("acceptance", "acceptance-phone", "PHONE", False, False, "es"),
    ("acceptance_done", "acceptance-done-phone", "PHONE", False, True, "eu"),
    ("done", "done-phone", "PHONE", False, False, "es"),
    ("closed", "closed-phone", "PHONE", False, False, "es"),
    ("copy", "copy-phone", "PHONE", False, False, "es"),
    ("publication", "publication-desktop", "DESKTOP", False, False, "es"),
    ("publication_join", "publication-join-desktop", "DESKTOP", False, False, "ca"),
    ("publication_wrong", "publication-wrong-phone", "PHONE", False, False, "es"),
    ("sale", "sale-tablet", "TABLET", False, False, "es"),
    ("sale_follow", "sale-follow-tablet", "TABLET", False, False, "es"),
    ("kiosk", "kiosk-tablet", "TABLET", False, True, "es"),
)
SCROLLED = {
    "missing-phone": "#missing",
    "choice-phone": "fieldset",
    "reader-phone": "#read-form",
    "certificate-upload-phone": "#upload-form",
    "call-phone": "#request-form",
    "call-instead-phone": "#call-form",
    "publication-join-desktop": "#join-form",
}


@contextmanager
def served() -> Iterator[Any]:
    # The tests' house is no part of what is installed, so it is looked for where pictures are taken.
    houses: Any = import_module("tests.house")
    ways: dict[str, Any] = dict(import_module("tests.browser.customer").every_page())
    screens: Any = import_module("scripts.screens")
    sizes = {"PHONE": screens.PHONE, "DESKTOP": screens.DESKTOP, "TABLET": TABLET}
    with tempfile.TemporaryDirectory() as folder:
        house = houses.House(Path(folder) / "house")
        people: dict[str, Any] = {}
        shots = []
        for page, name, size, dark, branded, language in SHOWN:
            people[name] = _come(house, ways[page], branded, language)
            scrolled, written = SCROLLED.get(name, ""), "#pad" if page == "pad" else ""
            shots.append(screens.Shot(name, f"/seen/{name}", sizes[size], scrolled, dark, written))
        with import_module("tests.fakes").serving(Shelf(people), threads=1) as port:
            yield screens.Room(f"http://127.0.0.1:{port}", shots)
        house.close()


def _come(house: Any, way: Any, branded: bool, language: str) -> Callable[[], Any]:
    def come() -> Any:
        look = ("Banco Ejemplar", "#8a1538", bank_logo()) if branded else ("", "", b"")
        SetLook(house.tech.database, house.clock, draw_logo)(1, *look)
        customer = way(house)
        return customer if language == "es" else customer.speak(language)

    return come
