"""Reading page by page and filling a form on a phone, over a whole gateway: with script and without."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from gateway.bootstrap.doors import portal_use_cases
from gateway.entrypoints.web.app import portal_app
from tests.browser import steps
from tests.browser.test_portal_accessibility import OVERFLOW, RULES
from tests.fakes import serving
from tests.house import House
from tests.orders import ANA, Asked, Paper, order
from tests.pdf_samples import plain

Phone = Callable[..., BrowserContext]
FORM = (
    Asked("ingresos", "NUMBER"),
    Asked("plan", options=("Básico", "Completo")),
    Asked("acepto", "BOOLEAN"),
)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A house, and where its portal is served."""
    house = House(tmp_path_factory.mktemp("reading"))
    app = portal_app(portal_use_cases(house.system), key=b"k" * 32, secure=False, clock=house.clock)
    with ExitStack() as servers:
        yield house, f"http://127.0.0.1:{servers.enter_context(serving(app, threads=4))}"
    house.close()


def opened(house: House, origin: str, context: BrowserContext) -> Page:
    guid = house.submit(order(papers=[Paper(plain(2))], forms=FORM, must_scroll="true")).guid
    house.drain()
    page = context.new_page()
    page.goto(f"{origin}/a/{house.link_token(guid)}")
    steps.identify(page, ANA.identifier)
    steps.accept_conditions(page)
    return page


def is_for_everybody(page: Page) -> None:
    found = Axe().run(page, options=RULES).response
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert page.evaluate(OVERFLOW) <= 0


def test_form_and_page_are_for_everybody(at: tuple[House, str], phone: Phone) -> None:
    """With script: the form with its faults, and a page as a picture, under axe-core and not too wide."""
    page = opened(*at, phone())
    page.locator("#field-0").fill("1.234")
    steps.press(page, "Continuar", form="issuer-form")
    expect(page.locator("#problem-summary li")).to_have_count(3)
    is_for_everybody(page)
    page.goto(page.url.replace("/form", "/documents/0/pages/1"))
    picture = page.locator("#page-picture")
    picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert picture.evaluate("image => image.naturalWidth") > 0
    is_for_everybody(page)


def test_a_phone_without_script_reads_and_answers(at: tuple[House, str], phone: Phone) -> None:
    """Answers, the list of what is missing, page by page by its buttons; then the code may be asked for."""
    page = opened(*at, phone(script=False))
    page.locator("#field-0").fill("1234,50")
    page.locator("#field-1").select_option("Completo")
    page.get_by_role("checkbox").check()
    steps.press(page, "Continuar", form="issuer-form")
    expect(page.locator("#missing")).to_contain_text("páginas 1-2")
    expect(page.locator("#request-form")).to_have_count(0)
    page.locator("#continue-reading").click()
    for number in (1, 2):
        expect(page.locator("#page-number")).to_have_text(f"Página {number} de 2")
        page.locator("#page-picture").scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        page.locator("#next").click()
    expect(page.locator("#missing")).to_have_count(0)
    expect(page.locator("#request-form")).to_be_visible()
