"""Point of sale and call centre: an employee opens the process, and the customer alone signs."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.domain.errors import ErrorKind
from gateway.domain.staff import Role
from tests.house import INSURER, House, refused
from tests.orders import ANA, LUIS, order
from tests.staff import Browser, Member, signed_in

FORM = re.compile(r'<form id="([^"]+)" method="post" action="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="(shown)" value="([^"]+)"')
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture
def employee(small_house: House) -> Member:
    return signed_in(small_house, Role.EMPLOYEE, "luz.tienda")


def submitted(house: House, channel: str = "POINT_OF_SALE", **more: Any) -> str:
    guid = house.submit(order(*more.pop("people", (ANA,)), channel=channel, **more)).guid
    house.drain()
    return guid


def send(browser: Browser, page: TestResponse, form: str, **fields: str) -> TestResponse:
    """Fill a form of the page in, by its id."""
    place = dict(FORM.findall(page.text))[form]
    token = TOKEN.findall(page.text)[0]
    hidden = dict(HIDDEN.findall(page.text))
    return browser.client.post(place, data=hidden | {"csrf": token} | fields, follow_redirects=True)


def hand_over(house: House, member: Member, guid: str, position: int = 0) -> TestResponse:
    return member.browser.post(f"/sale/{guid}/{position}/hand-over", member.browser.token(f"/sale/{guid}"))


def sign(
    house: House, browser: Browser, guid: str, link: str, who: Any = ANA, position: int = 0
) -> TestResponse:
    page = send(browser, browser.client.get(link), "identify-form", identifier=who.identifier)
    page = send(browser, page, "conditions-form", accept="yes")
    page = send(browser, page, "request-form")
    house.drain()
    return send(browser, browser.client.get(f"{link}/sign"), "code-form", code=house.code(guid))


def test_a_customer_signs_on_the_tablet(small_house: House, employee: Member) -> None:
    """From the employee's search to state 12: the evidence of the signature names who attended."""
    house, browser = small_house, employee.browser
    guid = submitted(house)
    found = browser.get("/sale?q=" + house.status(guid).record.external_id)
    assert found.headers["Location"].endswith(guid)
    page = browser.get(f"/sale/{guid}")
    assert "Ana" in page.text
    link = hand_over(house, employee, guid).headers["Location"]
    assert "le atiende" in browser.client.get(link).text
    done = sign(house, browser, guid, link)
    assert 'data-outcome="signed"' in done.text
    house.drain()
    assert house.state(guid) == (12, 7)
    [signed] = [each for each in house.evidence(guid) if each.evidence.event.value.endswith(":Signed")]
    facts = house.verified(signed.octets).facts
    assert facts is not None
    details = dict(facts.details)
    assert (details["employee"], details["employee_name"]) == ("luz.tienda", employee.person.name)
    [handed] = [event for event in house.events(guid) if event.kind == "HANDED_OVER"]
    assert dict(handed.details)["handed_over"] == details["handed_over"]


def test_the_tablet_in_hand_opens_no_employee_page(small_house: House, employee: Member) -> None:
    """Whoever holds it is asked for the proof that only the employee can give; with it they go on."""
    house, browser = small_house, employee.browser
    guid = submitted(house)
    hand_over(house, employee, guid)
    for path in ("/sale", f"/sale/{guid}", "/sale?q=x"):
        assert "/account/confirm" in browser.get(path).headers["Location"]
    again = hand_over(house, employee, guid)
    assert "/account/confirm" in again.headers["Location"]
    browser.post("/account/confirm", proof=employee.code())
    assert browser.get(f"/sale/{guid}").status_code == 200


def test_nothing_of_one_customer_is_left_for_the_next(small_house: House, employee: Member) -> None:
    """The tablet comes back: the first customer's session is gone, and their link asks who they are."""
    house, browser = small_house, employee.browser
    first, second = submitted(house), submitted(house, people=(LUIS,))
    link = hand_over(house, employee, first).headers["Location"]
    send(browser, browser.client.get(link), "identify-form", identifier=ANA.identifier)
    back = browser.client.get("/sale/next")
    assert '"cache"' in back.headers["Clear-Site-Data"]
    left = browser.client.get(f"{link}/conditions")
    assert left.status_code == 303
    assert "identify-form" in browser.client.get(link).text
    assert "kiosk-back" not in browser.client.get(link).text
    browser.post("/account/confirm", proof=employee.code())
    other = hand_over(house, employee, second).headers["Location"]
    assert 'data-outcome="signed"' in sign(house, browser, second, other, LUIS).text
    house.drain()
    assert house.state(second) == (12, 7)


def test_who_signs_at_home_was_attended_by_nobody(small_house: House, employee: Member) -> None:
    """The same link on the customer's own device leaves no employee's name in the evidence."""
    house = small_house
    guid = submitted(house)
    link = hand_over(house, employee, guid).headers["Location"]
    sign(house, Browser(house, "198.51.100.4"), guid, link)
    house.drain()
    decided = next(event for event in house.events(guid) if event.kind == "DECIDED_ALL")
    assert "employee" not in dict(decided.details)


def test_the_call_centre_derives_to_the_web_and_watches(small_house: House, employee: Member) -> None:
    """The customer gets the link once more, signs on their own device, and each step shows."""
    house, browser = small_house, employee.browser
    guid = submitted(house, "CALL_CENTER")
    before = len(house.messages(f"notice-{guid}"))
    browser.post(f"/sale/{guid}/0/derive", browser.token(f"/sale/{guid}"))
    house.drain()
    assert len(house.messages(f"notice-{guid}")) == before + 1
    house.guest(guid).read()
    page = browser.get(f"/sale/{guid}")
    assert "Está leyendo los documentos" in page.text
    assert page.headers["Refresh"] == "5"
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.signing.serve.hand_over, employee.person, guid, 0)


def test_employees_serve_their_own_issuer_alone(small_house: House, employee: Member) -> None:
    """Another issuer's process, one that is signed elsewhere, and one of nobody do not exist for them."""
    house, serve = small_house, small_house.system.signing.serve
    other = house.submit(order(ANA, channel="POINT_OF_SALE"), INSURER).guid
    direct = house.submit().guid
    house.drain()
    for guid in (other, direct, "001001-0001-000000000999999.par"):
        refused(ErrorKind.NOT_FOUND, serve.find, employee.person, guid)
        refused(ErrorKind.NOT_FOUND, serve.hand_over, employee.person, guid, 0)
        refused(ErrorKind.NOT_FOUND, serve.derive, employee.person, guid, 0)
    support = signed_in(house, Role.SUPPORT)
    refused(ErrorKind.ACCESS_DENIED, serve.find, support.person, other)
