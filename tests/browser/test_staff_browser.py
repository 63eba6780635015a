"""Signing in, enrolling, and every account page in Chromium: phone and desktop, light and dark, axe-core."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from gateway.bootstrap import approved, keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.approval import Change
from gateway.domain.staff import Acting, Role
from tests.fakes import serving
from tests.house import House
from tests.staff import PASSWORD, Member, _octets, member

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
  .filter(each => each.checkVisibility() && !each.closest('.skip') && !each.matches('.skip'))
  .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([html]) => html)"""
SCREENS = [(390, 844, "light"), (1280, 900, "dark")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(Path(tmp_path_factory.mktemp("house")))
    yield made
    made.close()


@pytest.fixture(scope="module")
def origin(house: House) -> Iterator[str]:
    with serving(
        wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings)), threads=4
    ) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def opened(chromium: Browser, width: int, height: int, scheme: str) -> Iterator[Page]:
    """A page of that size and scheme, whose console must stay silent."""
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="es-ES",
    )
    context.set_default_timeout(15_000)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A refused form answers 4xx, which Chromium notes; nothing else may be there.
    assert [each for each in complaints if "status of 4" not in each] == []


def everybodys(page: Page, width: int) -> None:
    """No rule of axe-core is broken; nothing is too small for a finger; nothing scrolls sideways."""
    found = Axe().run(page, options=RULES).response
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert [each["nodes"][0]["html"] for each in found["incomplete"] if each["id"] == "color-contrast"] == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate(OVERFLOW) == 0
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOW) == 0
    page.set_viewport_size({"width": width, "height": 844})


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_a_person_signs_in_for_the_first_time(
    house: House, origin: str, chromium: Browser, width: int, height: int, scheme: str
) -> None:
    """Password, another password, second factor, recovery codes; then again with a code, by keyboard."""
    ana = member(house, Role.OPERATOR)
    with opened(chromium, width, height, scheme) as page:
        page.goto(f"{origin}/account")
        everybodys(page, width)
        _type(page, login=ana.person.login, password="equivocada del todo")
        assert page.get_by_role("alert").is_visible()
        assert page.evaluate("document.activeElement.id") == "login"
        everybodys(page, width)
        _type(page, login=ana.person.login, password=ana.password)
        everybodys(page, width)
        _type(page, new="corta", again="corta")
        everybodys(page, width)
        _type(page, new=PASSWORD, again=PASSWORD)
        everybodys(page, width)
        assert page.locator("img.qr").evaluate("each => each.naturalWidth") > 0
        ana.secret = _octets(page.locator("#secret").inner_text())
        _type(page, code=ana.code())
        everybodys(page, width)
        assert page.locator("#codes li").count() == 10
        page.get_by_role("link", name="Los he guardado").click()
        assert page.url == f"{origin}/account"
        everybodys(page, width)
        page.get_by_role("button", name="Cerrar sesión").click()
        everybodys(page, width)
        page.goto(f"{origin}/account/people")
        _type(page, login=ana.person.login, password=PASSWORD)
        everybodys(page, width)
        _type(page, code=ana.code())
        assert page.url == f"{origin}/account/people"


@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_pages_of_an_operator(
    house: House, origin: str, chromium: Browser, width: int, height: int, scheme: str
) -> None:
    """People, somebody new and their first password, somebody, approvals, refusals, in both languages."""
    ana = member(house, Role.OPERATOR)
    ana.first_sign_in()
    content = approved.contents(house.settings)[Change.SEAL_KEYS]
    house.system.accounts.approvals.request(Acting(ana.person, "rotación anual"), Change.SEAL_KEYS, content)
    with opened(chromium, width, height, scheme) as page:
        _enter(page, origin, ana)
        page.goto(f"{origin}/account/people")
        everybodys(page, width)
        page.get_by_role("link", name="Persona nueva").click()
        everybodys(page, width)
        login = f"nueva-{scheme}"
        _type(page, login=login, name="Nueva Persona", reason="")
        everybodys(page, width)
        _type(page, reason="alta de turno")
        assert len(page.locator("#first-password").inner_text()) >= 12
        everybodys(page, width)
        page.get_by_role("link", name="La he apuntado").click()
        everybodys(page, width)
        page.locator("#reason").fill("baja de turno")
        page.get_by_role("button", name="Inhabilitar").click()
        assert page.get_by_role("status").inner_text() == "Hecho."
        everybodys(page, width)
        page.goto(f"{origin}/account/approvals")
        everybodys(page, width)
        page.get_by_role("link", name="English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        everybodys(page, width)
        page.goto(f"{origin}/account/nowhere")
        everybodys(page, width)
        house.clock.advance(timedelta(minutes=11))
        page.goto(f"{origin}/account/people/new")
        everybodys(page, width)
        assert re.search("/account/confirm", page.url)


def _enter(page: Page, origin: str, person: Member) -> None:
    page.goto(f"{origin}/account")
    _type(page, login=person.person.login, password=person.password)
    _type(page, code=person.code())
    page.wait_for_url(lambda url: "second-factor" not in url)


def _type(page: Page, **fields: str) -> None:
    """Fill the form in and send it by the keyboard, from its last field."""
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    last = page.locator(f"#{name}")
    form: Callable[[], None] = lambda: last.press("Enter")  # noqa: E731 - a textarea takes Enter for itself.
    if last.evaluate("each => each.tagName") == "TEXTAREA":
        form = page.locator("main form button[type=submit]").first.click
    with page.expect_navigation():
        form()
