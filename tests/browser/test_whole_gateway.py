"""A person signs in headless Chromium, against a real gateway process that a real client submitted to."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gateway.client import GatewayFault
from scripts.installation import Installation, free_port
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml
from tests.browser import steps

CLOSED = "Access denied. The process you are trying to access has been closed"
Phone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("browser") / "gateway", free_port())
    installation.create()
    with installation.serving():
        yield installation


@pytest.fixture
def submitted(gateway: Installation) -> Callable[[str], tuple[str, str]]:
    """Submit a contract of a service; gives GUID and access link."""

    def submit(service: str) -> tuple[str, str]:
        with gateway.client() as client:
            guid = client.submit(transaction_xml(contract_pdf(2), service=service)).guid
        return guid, gateway.wait_for_link(guid)

    return submit


def opened(phone: Phone, link: str) -> Page:
    page = phone().new_page()
    page.goto(link)
    steps.identify(page, IDENTIFIER)
    steps.accept_conditions(page)
    return page


def sign(gateway: Installation, page: Page, guid: str) -> None:
    steps.request_code(page)
    steps.wait_until_sent(page)
    steps.sign(page, gateway.wait_for_code(guid))
    steps.finished(page, "signed")


@pytest.mark.timeout(240)
def test_an_express_contract_from_link_to_certificate(
    gateway: Installation, submitted: Callable[[str], tuple[str, str]], phone: Phone
) -> None:
    """One code signs; the documents carry the stamp; afterwards the link answers 403 E000101."""
    guid, link = submitted("CONTRACT_EXPRESS")
    page = opened(phone, link)
    (document,) = steps.read_documents(page)
    assert document.startswith(b"%PDF-")
    sign(gateway, page, guid)
    assert gateway.wait_for_close(guid) == (12, 7)
    answer = phone().new_page().goto(link)
    assert answer is not None
    assert answer.status == 403
    assert "E000101" in answer.text()
    with gateway.client() as client, pytest.raises(GatewayFault, match="E000101") as caught:
        client.cancel(guid, "too late")
    assert CLOSED in str(caught.value)


@pytest.mark.timeout(240)
def test_a_contract_takes_two_codes(
    gateway: Installation, submitted: Callable[[str], tuple[str, str]], phone: Phone
) -> None:
    """The first code opens the documents, another one signs."""
    guid, link = submitted("CONTRACT")
    page = opened(phone, link)
    steps.request_code(page)
    steps.wait_until_sent(page)
    first = gateway.wait_for_code(guid)
    steps.unlock(page, first)
    steps.read_documents(page)
    steps.request_code(page)
    steps.wait_until_sent(page)
    second = gateway.wait_for_code(guid)
    steps.sign(page, second)
    steps.finished(page, "signed")
    assert gateway.wait_for_close(guid) == (12, 7)
    codes = [message for message in gateway.messages() if message["id"].startswith(f"code-{guid}-")]
    assert len(codes) == 2


@pytest.mark.timeout(240)
def test_a_recipient_says_no(
    gateway: Installation, submitted: Callable[[str], tuple[str, str]], phone: Phone
) -> None:
    """Rejecting with a reason ends with result 8, and the reason is in the timeline."""
    guid, link = submitted("CONTRACT_EXPRESS")
    page = opened(phone, link)
    steps.reject(page, "El importe no es el acordado")
    steps.finished(page, "rejected")
    assert gateway.wait_for_close(guid) == (12, 8)
    assert "El importe no es el acordado" in gateway.command("events", guid)


@pytest.mark.timeout(240)
def test_a_stranger_says_that_it_is_not_their_phone(
    gateway: Installation, submitted: Callable[[str], tuple[str, str]], phone: Phone
) -> None:
    """Whoever got somebody else's code can end the process: result 99940."""
    guid, link = submitted("CONTRACT_EXPRESS")
    page = opened(phone, link)
    steps.request_code(page)
    steps.wait_until_sent(page)
    steps.withdraw(page)
    steps.finished(page, "withdrawn")
    assert gateway.wait_for_close(guid) == (12, 99940)


@pytest.mark.timeout(240)
def test_a_copied_link_is_not_enough(
    gateway: Installation, submitted: Callable[[str], tuple[str, str]], phone: Phone
) -> None:
    """Without the identifier nothing personal is shown, and a wrong one does not open it."""
    guid, link = submitted("CONTRACT_EXPRESS")
    page = phone().new_page()
    page.goto(link)
    shown = page.content()
    assert guid not in shown
    assert "Ana" not in shown
    assert IDENTIFIER not in shown
    steps.identify(page, "00000000T")
    expect(page.get_by_text("El identificador no coincide").first).to_be_visible()
    assert "\tACCESSED\t" not in gateway.command("events", guid)
