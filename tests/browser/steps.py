"""What a person does with the portal's pages, step by step, on a Playwright page.

Pages are found as a person finds them: by heading, label and button, in either language. Any test that has
an address and a phone's inbox can use it, whatever stands behind the portal.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect


def identify(page: Page, value: str) -> None:
    page.locator("#identify-form input[type=text]").fill(value)
    press(page, "Continuar|Continue")


def accept_conditions(page: Page) -> None:
    heading(page, "Condiciones generales|General conditions")
    page.get_by_role("checkbox", name=re.compile("acepto|accept")).check()
    press(page, "Continuar|Continue")


def read_documents(page: Page) -> list[bytes]:
    """Download every document of the list and return the octets."""
    heading(page, "Documentos|Documents")
    found = []
    for link in page.get_by_role("link", name=re.compile("^(Descargar|Download)")).all():
        with page.expect_download() as waiting:
            link.click()
        found.append(waiting.value.path().read_bytes())
    return found


def request_code(page: Page) -> None:
    """From the documents, the access code's page, or again where a code did not arrive."""
    press(page, "código|code", form="request-form")


def wait_until_sent(page: Page, *, script: bool = True) -> None:
    """With script the page tells by itself; without, its refresh link does."""
    state = page.locator("#code-text")
    if not script:
        for _ in range(40):
            if state.get_attribute("data-state") != "sending":
                break
            page.wait_for_timeout(100)
            page.locator("#refresh a").click()
    expect(state).to_have_attribute("data-state", "sent", timeout=15_000)


def type_code(page: Page, code: str) -> None:
    page.get_by_label(re.compile("seis cifras|Six-digit")).fill(code)


def unlock(page: Page, code: str) -> None:
    heading(page, "Código de acceso|Access code")
    type_code(page, code)
    press(page, "Abrir los documentos|Open the documents")


def sign(page: Page, code: str) -> None:
    heading(page, "Firmar|Sign")
    type_code(page, code)
    press(page, "Firmar|Sign")


def reject(page: Page, reason: str) -> None:
    page.get_by_role("link", name=re.compile("rechazar|reject")).click()
    page.get_by_label(re.compile("Motivo del rechazo|Reason for rejecting")).fill(reason)
    press(page, "Rechazar|Reject")


def withdraw(page: Page) -> None:
    page.get_by_role("link", name=re.compile("cancelar el proceso|cancel the process")).click()
    press(page, "No es mi teléfono|Not my phone")


def code_from(inbox: Callable[[], list[str]], page: Page, known: int = 0) -> str:
    """The newest code of a phone that had received `known` before. Raises AssertionError after 15 s."""
    for _ in range(150):
        received = inbox()
        if len(received) > known:
            return received[-1]
        page.wait_for_timeout(100)
    raise AssertionError("no code arrived")


def finished(page: Page, outcome: str) -> Locator:
    """The last page, with its outcome: signed, rejected or withdrawn."""
    done = page.locator("#done")
    expect(done).to_have_attribute("data-outcome", outcome)
    return done


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1, name=re.compile(f"^({words})$"))).to_be_visible()


def press(page: Page, words: str, form: str = "") -> None:
    place: Page | Locator = page.locator(f"#{form}") if form else page
    place.get_by_role("button", name=re.compile(words)).first.click()
