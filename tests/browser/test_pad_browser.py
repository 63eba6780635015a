"""The pad in a real browser: with a mouse, with a finger, and where nothing can be drawn."""

from collections.abc import Callable
from itertools import pairwise
from math import sin
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, expect

from gateway.domain.strokes import Pointer
from tests.browser import steps
from tests.browser.conftest import Site
from tests.browser.portal_double import IDENTIFIER, PortalDouble
from tests.browser.visitor import by_hand

Serve = Callable[[PortalDouble], Site]
Phone = Callable[..., BrowserContext]


def open_pad(page: Page, site: Site) -> FloatRect:
    """From the link to the pad; where it is on the screen."""
    page.goto(site.link)
    steps.identify(page, IDENTIFIER)
    steps.accept_conditions(page)
    steps.press(page, "Continuar para firmar|Continue to sign", form="begin-form")
    steps.heading(page, "Firme a mano|Sign by hand")
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    assert box is not None
    return box


def path(box: FloatRect, count: int = 60) -> list[tuple[float, float]]:
    """A wavy line across the pad."""
    wide, high = box["width"], box["height"]
    return [
        (box["x"] + wide * (0.1 + 0.8 * n / count), box["y"] + high * (0.5 + 0.3 * sin(n / 4)))
        for n in range(count)
    ]


def by_mouse(page: Page, places: list[tuple[float, float]]) -> None:
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def by_finger(page: Page, places: list[tuple[float, float]]) -> None:
    """Touches as the operating system gives them, pressed ever harder."""
    session = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(places):
        kind = "touchMove" if number else "touchStart"
        points = [{"x": x, "y": y, "force": 0.2 + 0.6 * number / len(places)}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.fixture
def site(serve: Serve) -> Site:
    return serve(by_hand(PortalDouble()))


def test_signed_with_a_mouse(site: Site, chromium: Browser) -> None:
    """Too little is told at once; cleared and drawn again it signs, in the pad's own measures and time."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}, locale="es-ES") as context:
        page = site.watch(context.new_page())
        box = open_pad(page, site)
        by_mouse(page, path(box)[:3])
        steps.press(page, "^Firmar$")
        expect(page.locator("#pad-state")).to_contain_text("Todavía no hay una firma completa")
        assert site.double.drawings == []
        steps.press(page, "Borrar y repetir")
        expect(page.locator("#pad-state")).to_contain_text("vacío")
        by_mouse(page, path(box))
        by_mouse(page, path(box)[10:30])
        steps.press(page, "^Firmar$")
        steps.finished(page, "signed")
    (drawing,) = site.double.drawings
    assert drawing.pointer is Pointer.MOUSE
    assert len(drawing.strokes) == 2
    assert drawing.points >= 70
    times = [point.time for point, _ in drawing.all_points()]
    assert all(a <= b for a, b in pairwise(times))
    # The first point lies where the mouse went down, in tenths of a pixel from the paper's corner.
    (x, y), first = path(box)[0], drawing.strokes[0][0]
    border = 2
    assert (first.x, first.y) == pytest.approx(
        ((x - box["x"] - border) * 10, (y - box["y"] - border) * 10), abs=11
    )
    site.settled()


def test_signed_with_a_finger(site: Site, phone: Phone, tmp_path: Path) -> None:
    """On a phone the page does not scroll away under the finger, and the pressure is measured."""
    page = site.watch(phone().new_page())
    box = open_pad(page, site)
    before = page.evaluate("window.scrollY")
    by_finger(page, path(box))
    assert page.evaluate("window.scrollY") == before
    expect(page.locator("#pad-state")).to_contain_text("Ya hay una firma")
    page.screenshot(path=tmp_path / "pad.png")
    steps.press(page, "^Firmar$")
    steps.finished(page, "signed")
    (drawing,) = site.double.drawings
    assert drawing.pointer is Pointer.TOUCH
    assert drawing.points >= 50
    assert drawing.pressure_measured
    site.settled()


def test_without_script_another_way_is_offered(site: Site, phone: Phone) -> None:
    """No pad that does nothing: the page says why, and leads to the issuer and to the rejection."""
    page = site.watch(phone(script=False).new_page())
    page.goto(site.link)
    steps.identify(page, IDENTIFIER)
    steps.accept_conditions(page)
    steps.press(page, "Continuar para firmar", form="begin-form")
    expect(page.locator("#pad-missing")).to_be_visible()
    expect(page.locator("#pad-form")).to_be_hidden()
    expect(page.locator("#reject-link")).to_be_visible()
    page.get_by_role("link", name="Pedir otra manera de firmar").click()
    expect(page.get_by_text("ayuda@bank.example").first).to_be_visible()
