"""A seller in headless Chromium: signing in, a contract, a list; and every page for everybody."""

from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.pdf_samples import plain
from tests.sender_world import World, csv_of, world

Phone = Callable[..., BrowserContext]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PDF = {"name": "Contrato.pdf", "mimeType": "application/pdf"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("company") / "house") as made:
        yield made


def opened(phone: Phone, company: World, complaints: list[str], **more: object) -> Page:
    """A page of the signed-in seller; what the browser complains about is noted."""
    context = phone(**more)
    context.add_cookies(company.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def compose(page: Page, company: World, subject: str, octets: bytes = b"") -> None:
    page.goto(f"{company.origin}/send")
    page.click("#new")
    page.set_input_files("#document", [PDF | {"buffer": octets or plain(2)}])  # type: ignore[list-item]
    page.fill("#subject", subject)
    page.click("#onward")
    expect(page.get_by_role("heading", name="¿A quién?")).to_be_visible()


def add(page: Page, number: int, name: str) -> None:
    page.fill(f"#name-{number}", name)
    page.fill(f"#email-{number}", f"p{number}@example.org")
    page.fill(f"#phone-{number}", "600 000 123")
    page.fill(f"#identifier-{number}", "12345678Z")


@pytest.mark.timeout(240)
def test_a_seller_signs_in_sends_and_follows(company: World, phone: Phone) -> None:
    """With password and code; then a contract from its document to state 12, with nothing blocked."""
    page, member = phone().new_page(), company.member
    page.goto(f"{company.origin}/send")
    page.fill("#login", member.person.login)
    page.fill("#password", member.password)
    page.click("#sign-in button")
    page.fill("#second-factor input[name=code]", member.code())
    page.click("#second-factor button[type=submit]")
    expect(page.get_by_role("heading", name="Envíos")).to_be_visible()
    compose(page, company, "Contrato por el navegador")
    add(page, 0, "Ana")
    page.click("#add")
    page.click("#onward")
    expect(page.get_by_text("Contrato por el navegador")).to_be_visible()
    page.click("#send")
    expect(page.locator("#finished")).to_have_text("El envío está hecho.")
    page.get_by_role("link", name=".par").click()
    guid = page.locator("#guid").text_content() or ""
    company.house.drain()
    company.house.guest(guid).decide()
    company.house.drain()
    page.reload()
    expect(page.get_by_text("Terminado")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")


@pytest.mark.timeout(240)
def test_a_list_and_rows_by_script(company: World, phone: Phone) -> None:
    """Another row for another person; a list in the background, whose progress moves by itself."""
    complaints: list[str] = []
    page = opened(phone, company, complaints)
    compose(page, company, "Circular", plain(1, b"% " + token_hex(400_000).encode() + b"\n"))
    page.click("#more-rows")
    add(page, 0, "Ana")
    add(page, 1, "Luis")
    page.click("#add")
    expect(page.get_by_role("heading", name="Destinatarios: 2")).to_be_visible()
    page.set_input_files(
        "#list",
        [{"name": "lista.csv", "mimeType": "text/csv", "buffer": csv_of(40)}],  # type: ignore[list-item]
    )
    page.click("#list-form button")
    expect(page.get_by_role("heading", name="Destinatarios: 40")).to_be_visible()
    page.click("#onward")
    page.click("#send")
    expect(page.locator("#sending-count")).to_have_text("20 / 40")
    company.house.wait(company.house.settings.worker.lease)
    expect(page.locator("#finished")).to_have_text("Hechos 40 envíos de 40.")
    assert complaints == []


@pytest.mark.timeout(240)
def test_everything_works_without_script(company: World, phone: Phone) -> None:
    """Links and forms alone."""
    page = opened(phone, company, [], script=False)
    compose(page, company, "Sin guiones")
    expect(page.locator("#more-rows")).to_be_hidden()
    add(page, 0, "Ana")
    page.click("#add")
    page.click("#onward")
    page.click("#send")
    expect(page.locator("#finished")).to_be_visible()
    page.go_back()
    page.go_back()
    company.house.drain()


PAGES = (
    "/send",
    "/send/new",
    "/send/drafts/{0.begun}",
    "/send/drafts/{0.ready}/people?edit=1",
    "/send/drafts/{0.ready}/review",
    "/send/drafts/{0.begun}/review",
    "/send/drafts/{0.sent}/sent",
    "/send/sent/{0.guids[0]}",
    "/send/sent/{0.guids[2]}",
    "/send/templates",
    "/send/templates/new",
    "/send/alerts",
)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody(company: World, phone: Phone, scheme: str) -> None:
    """No rule of axe-core is broken, contrast among them, light and dark; nothing scrolls sideways."""
    complaints: list[str] = []
    page = opened(phone, company, complaints, color_scheme=scheme)
    for path in PAGES:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(company.origin + path.format(company))
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        found = Axe().run(page, options=RULES).response
        broken = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        assert broken == [], path
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(OVERFLOW) == 0, path
    assert complaints == []
