"""The recipient on a phone: the way through the portal in headless Chromium, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gateway.domain.catalogue import Service
from gateway.domain.results import RecipientState
from tests.browser import steps
from tests.browser.conftest import Site
from tests.browser.portal_double import IDENTIFIER, PortalDouble

Phone = Callable[..., BrowserContext]
Serve = Callable[[PortalDouble], Site]


def opened(phone: Phone, site: Site, *, script: bool = True) -> Page:
    """A phone at the documents, or at the access code of a contract."""
    page = site.watch(phone(script=script).new_page())
    page.goto(site.link)
    steps.identify(page, IDENTIFIER)
    steps.accept_conditions(page)
    return page


def sign(page: Page, site: Site, *, script: bool = True) -> None:
    known = len(site.double.inbox)
    steps.request_code(page)
    steps.wait_until_sent(page, script=script)
    steps.sign(page, steps.code_from(lambda: site.double.inbox, page, known))


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_sign_with_one_code(serve: Serve, phone: Phone, script: bool, language: str) -> None:
    """From the link to the thanks; the documents are PDF; nothing is blocked and nobody else is asked."""
    site = serve(PortalDouble(language=language))
    page = opened(phone, site, script=script)
    assert all(octets.startswith(b"%PDF-") for octets in steps.read_documents(page))
    sign(page, site, script=script)
    steps.finished(page, "signed")
    expect(page.locator("html")).to_have_attribute("lang", language)
    site.settled()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_contract_takes_two_codes(serve: Serve, phone: Phone, script: bool) -> None:
    """One code opens the documents, another one signs."""
    site = serve(PortalDouble(service=Service.CONTRACT))
    page = opened(phone, site, script=script)
    steps.request_code(page)
    steps.wait_until_sent(page, script=script)
    steps.unlock(page, steps.code_from(lambda: site.double.inbox, page))
    steps.read_documents(page)
    sign(page, site, script=script)
    steps.finished(page, "signed")
    assert len(site.double.inbox) == 2
    site.settled()


def test_reject_with_a_reason(serve: Serve, phone: Phone) -> None:
    """The reason arrives whole, line breaks and all."""
    site = serve(PortalDouble())
    page = opened(phone, site)
    steps.reject(page, "No es lo acordado:\nel tipo es otro <5 %>")
    steps.finished(page, "rejected")
    assert site.double.recipient.reason == "No es lo acordado:\nel tipo es otro <5 %>"
    site.settled()


def test_cancel_what_is_not_for_this_phone(serve: Serve, phone: Phone) -> None:
    """Whoever got somebody else's code ends the process in two presses."""
    site = serve(PortalDouble())
    page = opened(phone, site)
    steps.request_code(page)
    steps.withdraw(page)
    steps.finished(page, "withdrawn")
    site.settled()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_pressing_sign_twice_signs_once_and_shows_the_thanks(
    serve: Serve, phone: Phone, script: bool
) -> None:
    """A double click is no error: the second one finds how the first one ended."""
    site = serve(PortalDouble())
    page = opened(phone, site, script=script)
    steps.request_code(page)
    steps.wait_until_sent(page, script=script)
    steps.type_code(page, steps.code_from(lambda: site.double.inbox, page))
    page.get_by_role("button", name="Firmar").dblclick()
    steps.finished(page, "signed")
    assert site.double.calls.count("sign") == 1


def test_back_after_signing_shows_that_it_is_closed(serve: Serve, phone: Phone) -> None:
    """The back button brings no form back: the answer is 403 E000101, in both languages."""
    site = serve(PortalDouble())
    page = opened(phone, site)
    sign(page, site)
    steps.finished(page, "signed")
    page.go_back()
    expect(page.locator("#refusal")).to_have_attribute("data-code", "E000101")
    expect(page.get_by_text("Access denied. The process you are trying")).to_be_visible()
    expect(page.get_by_text("Acceso denegado. El proceso al que está")).to_be_visible()


def test_a_wrong_code_and_then_the_right_one(serve: Serve, phone: Phone) -> None:
    """The mistake is announced, the input has the focus, and the right code still signs."""
    site = serve(PortalDouble())
    page = opened(phone, site)
    steps.request_code(page)
    steps.wait_until_sent(page)
    code = steps.code_from(lambda: site.double.inbox, page)
    steps.sign(page, f"{(int(code) + 1) % 10**6:06d}")
    expect(page.get_by_role("alert")).to_contain_text("El código no es correcto")
    expect(page.locator("#code")).to_be_focused()
    page.reload()
    assert site.double.codes[-1].attempts == 1
    steps.sign(page, code)
    steps.finished(page, "signed")


def test_a_second_click_on_the_mailed_link_spoils_no_open_form(serve: Serve, phone: Phone) -> None:
    """Two tabs of the same link, opened from elsewhere: the first one's form is still good."""
    site = serve(PortalDouble())
    context = phone()
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        # Another host: "localhost" is another site than 127.0.0.1, as a mail reader's page is.
        tab.goto("about:blank")
        tab.set_content(f'<a href="{site.link}">Ver</a>')
        tab.get_by_role("link").click()
        steps.heading(tab, "Identifíquese")
    steps.identify(tabs[0], IDENTIFIER)
    steps.heading(tabs[0], "Condiciones generales")


def test_the_language_switch_works_without_script(serve: Serve, phone: Phone) -> None:
    """A link, before and after identification; the choice stays."""
    site = serve(PortalDouble())
    page = site.watch(phone(script=False).new_page())
    page.goto(site.link)
    page.get_by_role("link", name="English").click()
    steps.heading(page, "Identify yourself")
    steps.identify(page, IDENTIFIER)
    steps.heading(page, "General conditions")
    page.get_by_role("link", name="Español").click()
    steps.heading(page, "Condiciones generales")
    site.settled()


def test_the_keyboard_alone_is_enough(serve: Serve, phone: Phone) -> None:
    """Tab, Space and Enter lead from the link to the signature."""
    site = serve(PortalDouble(delay=PortalDouble().delay / 4))
    page = site.watch(phone().new_page())
    page.goto(site.link)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reach(page, "#identifier")
    page.keyboard.type(IDENTIFIER)
    page.keyboard.press("Enter")
    steps.heading(page, "Condiciones generales")
    reach(page, "#accept")
    page.keyboard.press("Space")
    reach(page, "#conditions-form button")
    page.keyboard.press("Enter")
    steps.heading(page, "Documentos")
    reach(page, "summary")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Documento original").first).to_be_visible()
    reach(page, "#request-form button")
    page.keyboard.press("Enter")
    steps.wait_until_sent(page)
    reach(page, "#code")
    page.keyboard.type(steps.code_from(lambda: site.double.inbox, page))
    page.keyboard.press("Enter")
    steps.finished(page, "signed")
    assert site.double.recipient.state is RecipientState.SIGNED
    site.settled()


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus. Raises AssertionError after forty times."""
    for _ in range(40):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")
