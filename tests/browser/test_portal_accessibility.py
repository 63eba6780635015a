"""Every page of the portal under WCAG 2.1 AA: axe-core, narrow and enlarged screens, focus, motion."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, Route

from tests.browser.portal_double import PortalDouble
from tests.browser.visitor import Visitor, every_page

Phone = Callable[..., BrowserContext]
Show = Callable[[PortalDouble], Visitor]
PAGES = list(every_page())
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What the focus looks like on each thing that can have it, and how big a finger's target it is.
FOCUS = """() => [...document.querySelectorAll(
  'a, button, input:not([type=hidden]), textarea, summary')].filter(each => each.checkVisibility()).map(
  element => {
    element.focus({ focusVisible: true });
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    return { name: element.outerHTML.slice(0, 80), style: style.outlineStyle, width: style.outlineWidth,
             focused: document.activeElement === element, high: box.height, wide: box.width };
  })"""


def drawn(phone: Phone, person: Visitor, **more: object) -> Page:
    """What the person sees last, drawn by Chromium with the very headers of the answer."""
    page, answer = phone(**more).new_page(), person.answer

    def serve(route: Route, request: Request) -> None:
        parts = urlsplit(request.url)
        found = answer if parts.path == "/seen" else person.client.get(f"{parts.path}?{parts.query}")
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)

    page.route("**/*", serve)
    page.goto("http://portal.example/seen")
    return page


@pytest.mark.parametrize(("name", "way"), PAGES, ids=[name for name, _ in PAGES])
def test_a_page_is_for_everybody(name: str, way: Show, phone: Phone) -> None:
    """No rule of axe-core is broken (contrast among them); every control shows its focus and is big enough;
    nothing scrolls sideways at 320 pixels or with letters twice as large."""
    # Colours are judged at rest: a button on its way from light to dark has neither's contrast.
    page = drawn(phone, way(PortalDouble()), reduced_motion="reduce")
    found = Axe().run(page, options=RULES).response
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    unsure = [each for each in found["incomplete"] if each["id"] == "color-contrast"]
    assert unsure == []
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    assert [each["nodes"][0]["html"] for each in dark["violations"] + dark["incomplete"]] == []
    for control in page.evaluate(FOCUS):
        assert control["focused"], control
        assert control["style"] == "solid", control
        assert control["width"] == "3px", control
        assert control["high"] >= 24, control
        assert control["wide"] >= 24, control
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOW) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0


def test_buttons_are_big_enough_for_a_thumb(phone: Phone) -> None:
    """What is pressed to go on is 44 pixels high at least (WCAG 2.1, 2.5.5)."""
    for name, way in PAGES:
        if name in {"door", "conditions", "documents", "sign_sent", "reject", "withdraw"}:
            page = drawn(phone, way(PortalDouble()))
            boxes = [button.bounding_box() for button in page.locator(".button").all()]
            assert all(box and box["height"] >= 44 for box in boxes), name


def test_a_long_name_and_a_long_word_stay_inside(phone: Phone) -> None:
    """Issuers write what they like: words without a blank are broken, never pushed out of the screen."""
    person = Visitor(Wordy())
    person.challenge()
    for place in ("documents", "sign", "reject", "withdraw", "help"):
        person.see(place)
        page = drawn(phone, person)
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(OVERFLOW) == 0, place


class Wordy(PortalDouble):
    """A transaction whose subject and body are one endless word each."""

    def __post_init__(self) -> None:
        super().__post_init__()
        word = "Donaudampfschifffahrtsgesellschaft" * 4
        record = self._record
        asked = replace(record.asked, subject=word, body=word)
        self.__dict__["_record"] = replace(record, subject=word, asked=asked)


def test_motion_is_left_out_for_who_asks_for_it(phone: Phone) -> None:
    """With reduced motion nothing moves or fades; otherwise buttons change colour, at most."""
    person = Visitor(PortalDouble()).accept()
    moving = """() => [...document.querySelectorAll('*')].filter(element => {
      const style = getComputedStyle(element);
      return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
    }).length"""
    assert drawn(phone, person, reduced_motion="reduce").evaluate(moving) == 0
    assert drawn(phone, person, reduced_motion="no-preference").evaluate(moving) > 0


def test_a_page_is_readable_without_its_style_sheet(phone: Phone) -> None:
    """Where the style does not arrive, the order of the page still makes sense and the form still works."""
    context = phone()
    context.route("**/*.css*", lambda route: route.abort())
    person = Visitor(PortalDouble()).accept()
    page = context.new_page()
    page.set_content(person.answer.text)
    order = [each.strip() for each in page.locator("h1, h2, h3, button").all_inner_texts()]
    assert order[0] == "Documentos"
    assert order[-1] == "Enviarme el código para firmar"
