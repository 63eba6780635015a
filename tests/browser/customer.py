"""Recipients of a whole gateway without a browser, at the pages that the double of the portal does not have.

`every_page()` names them, with the way to each through real forms. It asserts nothing by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urljoin

from lxml import html
from werkzeug.test import Client, TestResponse

from gateway.domain.staff import Role
from gateway.usecases.accounts.people import NewPerson
from scripts.sample_contract import contract_pdf
from tests.house import House
from tests.orders import ANA, EVA, LUIS, Asked, Paper, order
from tests.staff import Browser, Member

LOAN = "Su contrato de préstamo"
PAPERS = (Paper(contract_pdf(3), "Contrato de préstamo.pdf"), Paper(contract_pdf(1), "Tarifas.pdf"))
FORM = (
    Asked("trabaja", "BOOLEAN", required=False),
    Asked("ingresos", "NUMBER"),
    Asked("plan", options=("Básico", "Completo")),
    Asked("nota", required=False),
)
NURIA = replace(ANA, name="Nuria", identity_type="DNI")
CALL_AFTER = timedelta(minutes=2, seconds=1)
_NETWORKS = count(1)


class Customer:
    """One browser, on a network of its own. `answer` is the last answer; redirects are followed."""

    def __init__(self, house: House, browser: Browser | None = None) -> None:
        self.house = house
        self.browser = browser or Browser(house)
        self.browser.client.application = _from(
            f"198.51.100.{next(_NETWORKS) % 250}", self.client.application
        )
        self.guid = ""
        self.position = 0
        self.answer: TestResponse

    @property
    def client(self) -> Client:
        return self.browser.client

    def given(self, *people: Any, papers: Any = PAPERS[:1], subject: str = LOAN, **more: Any) -> "Customer":
        """The issuer sends something to these people (Nuria, if nobody is named)."""
        self.guid = self.house.submit(
            order(*(people or (NURIA,)), papers=papers, subject=subject, **more)
        ).guid
        self.house.drain()
        return self

    def see(self, path: str = "") -> "Customer":
        """An absolute path, or a place below the link ("" is its door)."""
        door = f"/a/{self.house.link_token(self.guid, self.position)}" if path[:1] != "/" else ""
        return self._ask(f"{door}/{path}".rstrip("/").replace("/?", "?") if door else path)

    def send(self, form: str, **fields: Any) -> "Customer":
        """Send a form of the open page, with its hidden fields."""
        (found,) = self._page.xpath("//form[@id=$id]", id=form)
        hidden = {each.get("name"): each.get("value") for each in found.xpath('.//input[@type="hidden"]')}
        address = urljoin(self.answer.request.path, found.get("action"))
        return self._ask(address, method="POST", data=hidden | fields)

    def follow(self, link: str) -> "Customer":
        (address,) = self._page.xpath("//a[@id=$id]/@href", id=link)
        return self._ask(urljoin(self.answer.request.path, address))

    def identify(self) -> "Customer":
        asked = self.house.recipients(self.guid)[self.position].asked.identifier
        return self.see().send("identify-form", identifier=asked.value if asked else "")

    def accept(self) -> "Customer":
        return self.identify().send("conditions-form", accept="yes")

    def challenge(self) -> "Customer":
        """At the page of the signing code, with the code in hand."""
        self.send("request-form")
        self.house.drain()
        return self.see("sign")

    def sign(self) -> "Customer":
        return self.challenge().send("code-form", code=self.house.code(self.guid, self.position))

    def speak(self, language: str) -> "Customer":
        """The same page in another language, as the link above it gives it."""
        (address,) = self._page.xpath('//nav[@class="languages"]//a[@lang=$tag]/@href', tag=language)
        return self._ask(urljoin(self.answer.request.path, address))

    @property
    def _page(self) -> Any:
        return html.document_fromstring(self.answer.data)

    def _ask(self, path: str, **more: Any) -> "Customer":
        self.answer = self.client.open(path, follow_redirects=True, **more)
        return self


def _from(address: str, application: Any) -> Any:
    """Whatever asks through this client comes from its own network, the pictures of a page as well."""
    return lambda environ, start: application(environ | {"REMOTE_ADDR": address}, start)


Way = Callable[[House], Customer]


def every_page() -> Iterator[tuple[str, Way]]:
    """A name, and the way to the page."""
    yield "captcha", _captcha
    yield "stranger", lambda house: Customer(house).given().see("stranger")
    yield "page", lambda house: _reading(house).see("documents/0/pages/2")
    yield "page_near", lambda house: _reading(house).see("documents/0/pages/1?zoom=2")
    yield "page_text", lambda house: _reading(house).see("documents/0/pages/1?text=1")
    yield "missing", _missing
    yield "form", _asked
    yield "form_wrong", lambda house: _asked(house).send("issuer-form")
    yield "choice", lambda house: _several(house, 0)
    yield "reader", lambda house: _several(house, 2)
    yield "pad", lambda house: _by(house, "BIOMETRIC").send("begin-form")
    yield "certificate", lambda house: _by(house, "CERTIFICATE").send("begin-form")
    yield "certificate_called", lambda house: _by(house, "CERTIFICATE").send("begin-form").send("call-form")
    yield "call", lambda house: _by(house, "VOICE")
    yield "call_made", lambda house: _by(house, "VOICE").challenge()
    yield "call_instead", _call_instead
    yield "acknowledge", _notified
    yield "acknowledge_code", lambda house: _notified(house).challenge()
    yield "communication", lambda house: Customer(house).given(service="COMMUNICATION").accept()
    yield "content", lambda house: _notified(house).sign()
    yield "acceptance", _text
    yield "acceptance_done", lambda house: _text(house).sign()
    yield "done", lambda house: _express(house).accept().sign()
    yield "closed", _closed
    yield "copy", lambda house: _closed(house).follow("copy-link")
    yield "publication", lambda house: _published(house, "PUBLICATION")
    yield "publication_join", lambda house: _published(house, "ONCLICK_PUBLICATION")
    yield "publication_wrong", lambda house: _published(house, "ONCLICK_PUBLICATION").send("join-form")
    yield "sale", lambda house: _employee(house).see("/sale")
    yield "sale_follow", _followed
    yield "kiosk", _kiosk


def _express(house: House) -> Customer:
    return Customer(house).given(return_url="https://bank.example/gracias")


def _captcha(house: House) -> Customer:
    customer = Customer(house).given().see()
    for _ in range(2):
        customer.send("identify-form", identifier="00000000T")
    return customer.see()


def _reading(house: House) -> Customer:
    return Customer(house).given(papers=PAPERS).accept()


def _missing(house: House) -> Customer:
    customer = Customer(house).given(papers=PAPERS, must_scroll="true").accept()
    house.guest(customer.guid).look(0, 0)
    return customer.see("documents")


def _asked(house: House) -> Customer:
    customer = Customer(house).given(forms=FORM).accept()
    return customer.see("form")


def _several(house: House, position: int) -> Customer:
    people = (
        replace(ANA, rules=(("contract", "SIGN", True), ("insurance", "SIGN", False))),
        replace(LUIS, rules=(("contract", "ACCEPT", True),)),
        replace(EVA, rules=(("contract", "READ", True),)),
    )
    papers = (PAPERS[0], Paper(contract_pdf(1), "Seguro de vida.pdf"))
    customer = Customer(house).given(*people, papers=papers, groups={"contract": [0], "insurance": [1]})
    customer.position = position
    return customer.accept()


def _by(house: House, method: str) -> Customer:
    return Customer(house).given(sign_method=method).accept()


def _call_instead(house: House) -> Customer:
    customer = _by(house, "SMS_VOICE").challenge()
    house.clock.advance(CALL_AFTER)
    return customer.see("sign")


def _notified(house: House) -> Customer:
    return Customer(house).given(service="NOTIFICATION", subject="Requerimiento de pago").accept()


def _text(house: House) -> Customer:
    return (
        Customer(house).given(service="ACCEPTANCE", papers=(), subject="Renuncia al correo postal").accept()
    )


def _closed(house: House) -> Customer:
    customer = _express(house).accept().sign()
    house.drain()
    house.clock.advance(timedelta(minutes=11))
    later = Customer(house)
    later.guid = customer.guid
    return later.see()


def _published(house: House, service: str) -> Customer:
    customer = Customer(house).given(
        service=service, papers=PAPERS, subject="Convocatoria de la junta general", time_to_close="P3D"
    )
    return customer.see(f"/p/{customer.guid}")


def _employee(house: House) -> Customer:
    new = NewPerson(f"luz.{next(_NETWORKS)}", "Luz Prado Gil", Role.EMPLOYEE, 1)
    person, password = house.system.accounts.people.add(None, new)
    employee = Member(house, person, password, Browser(house))
    employee.first_sign_in()
    return Customer(house, employee.browser)


def _followed(house: House) -> Customer:
    customer = _employee(house).given(channel="POINT_OF_SALE")
    return customer.see(f"/sale/{customer.guid}")


def _kiosk(house: House) -> Customer:
    return _followed(house).send("hand-over-0")
