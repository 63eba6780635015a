"""Pages with real state behind them under WCAG 2.1 AA, light and dark: axe-core, narrow, one way on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.customer import every_page
from tests.browser.test_portal_accessibility import OVERFLOW, RULES, drawn
from tests.house import House

# One of each kind: what the double of the portal shows is looked at there.
LOOKED_AT = (
    "form_wrong",
    "choice",
    "certificate_called",
    "communication",
    "content",
    "publication_wrong",
    "kiosk",
)


@pytest.mark.timeout(120)
def test_pages_of_a_whole_gateway_are_for_everybody(
    tmp_path: Path, phone: Callable[..., BrowserContext]
) -> None:
    """No rule of axe-core is broken, nothing scrolls sideways at 320 pixels, one button is the next step."""
    house, ways = House(tmp_path), dict(every_page())
    found = {name: faults(drawn(phone, ways[name](house), reduced_motion="reduce")) for name in LOOKED_AT}  # type: ignore[arg-type]  # A customer has what is drawn of a visitor.
    house.close()
    assert {name: each for name, each in found.items() if each} == {}


def faults(page: Page) -> list[str]:
    """What is wrong with the page, in words."""
    answer = Axe().run(page, options=RULES).response
    wrong = [f"{each['id']}: {each['nodes'][0]['html']}" for each in answer["violations"]]
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page, options={"runOnly": ["color-contrast"]}).response
    wrong += [f"dark: {each['nodes'][0]['html']}" for each in dark["violations"]]
    page.set_viewport_size({"width": 320, "height": 640})
    if sideways := page.evaluate(OVERFLOW):
        wrong.append(f"{sideways} pixels too wide")
    if (primary := page.locator("main .button:not(.plain):visible").count()) > 1:
        wrong.append(f"{primary} primary actions")
    return wrong
