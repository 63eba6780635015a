"""The console in Chromium: accessible on phone and desk, strict about content, whole without script."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gateway.domain.staff import Role
from tests.console_world import BATCH, World, world
from tests.staff import Member

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = {
    "search": "/console",
    "nothing": "/console?by=external_id&v=none",
    "story": "/console/t/{guid}",
    "closed": "/console/t/{closed}",
    "action": "/console/t/{guid}/do/correct?to=1",
    "cancel": "/console/t/{guid}/do/cancel",
    "files": "/console/t/{closed}/files",
    "batches": "/console/batches",
    "batch": f"/console/batches/{BATCH}",
    "issuers": "/console/issuers",
    "issuer": "/console/issuers/1",
    "queues": "/console/queues",
    "charts": "/console/charts",
    "audit": "/console/audit",
    "export": "/console/export?by=recent",
    "exports": "/console/exports",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("console-browser") / "house") as made:
        yield made


@pytest.fixture(scope="module")
def operator(built: World) -> Member:
    return built.member(Role.OPERATOR)


def desk(
    chromium: Browser,
    built: World,
    member: Member,
    size: str = "desktop",
    *,
    script: bool = True,
    dark: bool = False,
) -> BrowserContext:
    """A browser in which this person is signed in."""
    wide, high = SIZES[size]
    context = chromium.new_context(
        viewport={"width": wide, "height": high},
        java_script_enabled=script,
        locale="es-ES",
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(15_000)
    context.add_cookies(built.cookies(member))  # type: ignore[arg-type]
    return context


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page and what the browser complains about; a broken content policy is one."""
    page, complaints = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_and_fits(
    chromium: Browser, built: World, operator: Member, name: str, size: str
) -> None:
    """No rule of axe is broken, nothing hangs over the edge, nothing is blocked by the content policy."""
    context = desk(chromium, built, operator, size)
    page, complaints = watched(context)
    answer = page.goto(built.origin + PAGES[name].format(guid=built.guid, closed=built.closed))
    assert answer is not None
    assert answer.ok
    found = Axe().run(page, options=RULES)
    assert [each["id"] for each in found.response["violations"]] == [], found.generate_report()
    assert page.evaluate(OVERFLOW) <= 0
    assert complaints == []
    context.close()


@pytest.mark.parametrize("name", ["story", "charts", "queues"])
def test_the_dark_is_readable_too(chromium: Browser, built: World, operator: Member, name: str) -> None:
    """Contrast holds in the dark scheme."""
    context = desk(chromium, built, operator, dark=True)
    page, _ = watched(context)
    page.goto(built.origin + PAGES[name].format(guid=built.guid, closed=built.closed))
    found = Axe().run(page, options={"runOnly": ["wcag2aa"]})
    assert [each["id"] for each in found.response["violations"]] == [], found.generate_report()
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_support_finds_unmasks_and_acts(
    chromium: Browser, built: World, operator: Member, script: bool
) -> None:
    """From a telephone number to the story, its people for a moment, and the notice again."""
    context = desk(chromium, built, operator, script=script)
    page, complaints = watched(context)
    page.goto(f"{built.origin}/console")
    page.get_by_label("Qué buscar").fill("+34 600 000 456")
    page.get_by_role("search").get_by_role("button", name="Buscar").click()
    expect(page).to_have_url(re.compile(r"by=phone&v=[0-9a-f]{40}"))
    page.get_by_role("link", name=built.guid).click()
    expect(page.get_by_role("heading", name="L•••")).to_be_visible()
    page.get_by_text("Mostrar datos personales").click()
    page.locator(".unmask").get_by_label("Motivo").fill("Llama el destinatario")
    page.get_by_role("button", name="Mostrarlos").click()
    expect(page.get_by_text("luis@example.org").first).to_be_visible()
    page.get_by_role("button", name="Volver a ocultarlos").click()
    expect(page.get_by_text("luis@example.org")).to_have_count(0)
    page.get_by_role("link", name="Reenviar el aviso").click()
    page.get_by_label("Motivo").fill("No le llegó")
    page.get_by_role("button", name="Reenviar el aviso").click()
    expect(page.locator("#said")).to_contain_text("El aviso se enviará de nuevo")
    assert complaints == []
    context.close()


def test_progress_is_followed_without_reloading(chromium: Browser, built: World, operator: Member) -> None:
    """The export's page turns to ready by itself, and the file comes once."""
    context = desk(chromium, built, operator)
    page, complaints = watched(context)
    page.goto(f"{built.origin}/console/export?by=recent")
    page.get_by_label("Motivo").fill("Informe mensual")
    page.get_by_role("button", name="Exportar en CSV").click()
    expect(page.get_by_text("Escribiéndose")).to_be_visible()
    built.house.drain()
    expect(page.get_by_text("Lista", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar").click()
    assert download.value.suggested_filename.startswith("export-")
    assert complaints == []
    context.close()
