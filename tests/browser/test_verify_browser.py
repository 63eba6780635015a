"""The verification page in headless Chromium, with and without script, and for everybody (WCAG 2.1 AA)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.verify_site import CODE, GUID, VerifySite
from tests.fakes import serving
from tests.seal_samples import Workshop

Phone = Callable[..., BrowserContext]
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Served:
    """The page at an address, and what a browser complained about."""

    site: VerifySite
    origin: str
    complaints: list[str] = field(default_factory=list)

    def open(self, context: BrowserContext, path: str = "/verify") -> Page:
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.origin + path)
        return page


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.create(tmp_path_factory.mktemp("page") / "pki")


@pytest.fixture
def served(workshop: Workshop) -> Iterator[Served]:
    site = VerifySite(workshop)
    with serving(site.application, threads=4) as port:
        yield Served(site, f"http://127.0.0.1:{port}")


def upload(page: Page, tmp_path: Path, octets: bytes, name: str = "evidence.xml") -> None:
    file = tmp_path / name
    file.write_bytes(octets)
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Verificar el fichero").click()


def accessible(page: Page) -> None:
    """No rule of axe-core is broken, and nothing scrolls sideways on a narrow or enlarged screen."""
    found = Axe().run(page, options=RULES).response
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert [each for each in found["incomplete"] if each["id"] == "color-contrast"] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(OVERFLOW) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0


@SCRIPT
def test_a_file_is_verified_and_its_report_downloaded(
    served: Served, phone: Phone, tmp_path: Path, script: bool
) -> None:
    """Choose, press, read; then the report as PDF and as XML, at once one after the other."""
    page = served.open(phone(script=script))
    upload(page, tmp_path, served.site.evidence())
    expect(page.locator("h2")).to_contain_text("TOTAL-PASSED")
    expect(page.locator("main")).to_contain_text("María Núñez")
    for kind, begins in (("PDF", b"%PDF-"), ("XML", b"<?xml")):
        with page.expect_download() as caught:
            page.get_by_role("button", name=f"Descargar el informe en {kind}").click()
        assert caught.value.suggested_filename == f"validation-report.{kind.lower()}"
        assert Path(caught.value.path()).read_bytes().startswith(begins)
    assert served.complaints == []


@SCRIPT
def test_the_printed_address_and_one_press(served: Served, phone: Phone, script: bool) -> None:
    """Who scans the QR code sees the form filled in, and verifies with one press."""
    page = served.open(phone(script=script), f"/verify?guid={GUID}&code={CODE}")
    expect(page.locator("#guid")).to_have_value(GUID)
    assert served.site.asked == []
    page.get_by_role("button", name="Verificar la operación").click()
    expect(page.locator("h2")).to_contain_text(["01-Signed.xml", "02-plain.xml"])
    assert len(served.site.asked) == 1
    assert served.complaints == []


def test_a_wrong_code_is_said_where_it_was_typed(served: Served, phone: Phone) -> None:
    """The focus stands in the input to correct, and what was typed is still there."""
    page = served.open(phone())
    page.locator("#guid").fill(GUID)
    page.locator("#code").fill("0" * 32)
    page.get_by_role("button", name="Verificar la operación").click()
    expect(page.locator("#problem-summary")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#guid")).to_have_value(GUID)


def test_every_page_is_for_everybody(served: Served, phone: Phone, tmp_path: Path) -> None:
    """The forms, the forms with a problem, reports of each verdict, and the page of an error."""
    accessible(served.open(phone()))
    wrong = served.open(phone(), f"/verify?guid={GUID}&code={'0' * 32}")
    wrong.get_by_role("button", name="Verificar la operación").click()
    expect(wrong.locator("#problem-summary")).to_be_visible()
    accessible(wrong)
    evidence = served.site.evidence()
    undecided = served.site.workshop.sealer().seal(b"<a xmlns='urn:x'><b>c</b></a>").octets
    for octets in (evidence, evidence.replace(b"Banco", b"Banca"), undecided):
        page = served.open(phone())
        upload(page, tmp_path, octets)
        expect(page.locator("h2")).to_be_visible()
        accessible(page)
    accessible(served.open(phone(), "/verify/other"))


def test_the_forms_work_in_english(served: Served, phone: Phone, tmp_path: Path) -> None:
    """The switch is a link, and the report follows it."""
    page = served.open(phone())
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Verify a file")
    file = tmp_path / "evidence.xml"
    file.write_bytes(served.site.evidence())
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Verify the file").click()
    expect(page.locator("main")).to_contain_text("valid: every check of the signature holds")
