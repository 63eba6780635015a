"""Reading, forms and refusing at the portal's own pages, over a whole gateway and without script."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.bootstrap.doors import portal_use_cases
from gateway.domain.forms import Answer
from tests.browser.visitor import Visitor
from tests.house import House
from tests.orders import Asked, Paper, order
from tests.pdf_samples import plain

FORM = (
    Asked("ingresos", "NUMBER"),
    Asked("plan", options=("Básico", "Completo")),
    Asked("consiento", "BOOLEAN"),
)


def visitor(house: House, **asked: Any) -> tuple[str, Visitor]:
    """A recipient at the link of a transaction of two pages."""
    guid = house.submit(order(papers=[Paper(plain(2))], **asked)).guid
    house.drain()
    world: Any = SimpleNamespace(use_cases=portal_use_cases(house.system), clock=house.clock)
    return guid, Visitor(world, door=f"/a/{house.link_token(guid)}")


def picture(guest: Visitor, accept: str) -> bytes:
    """What the browser shows of the page that is open."""
    [source] = guest.page.xpath('//img[@id="page-picture"]/@src')
    answer = guest.client.get(source, base_url=guest.base, headers={"Accept": accept})
    assert answer.content_type in accept
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.data


def test_every_page_before_the_code(small_house: House) -> None:
    """The page of documents says which pages are missing and leads there; by links alone to the signature."""
    guid, guest = visitor(small_house, must_scroll="true")
    guest.accept()
    assert guest.page.xpath('//*[@id="missing"]')
    assert "páginas 1-2" in guest.words
    assert not guest.page.xpath('//*[@id="request-form"]')
    guest.see(guest.page.xpath('string(//a[@id="continue-reading"]/@href)'))
    assert "Página 1 de 2" in guest.words
    assert "Cláusula 1. El año" in guest.words
    assert picture(guest, "image/webp").startswith(b"RIFF")
    guest.see(guest.page.xpath('string(//a[@id="nearer"]/@href)'))
    assert picture(guest, "image/png").startswith(b"\x89PNG")
    guest.see(guest.page.xpath('string(//a[@id="next"]/@href)'))
    guest.see("documents")
    assert "páginas 2" in guest.words
    guest.see("documents/0/pages/2?text=1")
    text = guest.page.xpath('string(//*[@id="page-text"])')
    assert text.startswith("Cláusula 1. El año")
    assert f"{guid} · Recibido" in text
    guest.see(guest.page.xpath('string(//a[@id="next"]/@href)'))
    guest.send("request-form")
    assert small_house.kinds(guid).count("CHALLENGED") == 1


@pytest.mark.parametrize(
    "place", ["documents/0/pages/3", "documents/7/pages/1", "documents/0/pages/1?zoom=9"]
)
def test_pages_that_are_not_there(small_house: House, place: str) -> None:
    """Numbers that no link offers lead nowhere."""
    _, guest = visitor(small_house)
    guest.accept()
    assert guest.see(place).status_code == 404


def test_nobody_sees_a_page_without_a_session(small_house: House) -> None:
    """The link alone shows neither page nor picture, and a HEAD of a picture counts as nothing."""
    guid, guest = visitor(small_house)
    for place in ("documents/0/pages/1", "documents/0/pages/1/picture", "form"):
        assert guest.see(place).status_code == 200
        assert "Identif" in guest.heading
    guest.accept()
    assert guest.ask("documents/0/pages/1/picture", "HEAD").data == b""
    with small_house.tech.database.read() as uow:
        assert not uow.shown_pages.of(guid, 0, 0)


def test_a_form_is_filled_and_changed(small_house: House) -> None:
    """All faults at once beside their fields, what was typed kept; then on to the documents."""
    guid, guest = visitor(small_house, forms=FORM)
    guest.accept()
    assert "Datos que le piden" in guest.heading
    guest.send("issuer-form", **{"field-0": "1.234", "field-1": "Otro"})
    assert guest.answer.status_code == 422
    assert guest.problem.count("¿") == 3
    assert guest.page.xpath('string(//input[@id="field-0"]/@value)') == "1.234"
    guest.send("issuer-form", **{"field-0": "1234,00", "field-1": "Completo", "field-2": "true"})
    assert guest.page.xpath('//*[@id="request-form"]')
    guest.see(guest.page.xpath('string(//a[@id="change-link"]/@href)'))
    assert guest.page.xpath("//option[@selected]/text()") == ["Completo"]
    session = small_house.guest(guid).session
    assert small_house.system.signing.fill.answers(session)[0] == Answer("ingresos", "1234.00")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"listed": "Importe erróneo", "reason": ""}, "Importe erróneo"),
        ({"listed": "Importe erróneo", "reason": "Son 90"}, "Importe erróneo: Son 90"),
        ({"listed": "Inventado", "reason": "Otro"}, "Otro"),
    ],
)
def test_rejecting_with_a_reason_of_the_list(small_house: House, sent: dict[str, str], kept: str) -> None:
    """The issuer's own words, words of one's own, or both; what is not on the list is not taken from it."""
    guid, guest = visitor(small_house, reject_reasons="Importe erróneo|No lo he pedido")
    guest.accept()
    guest.see("reject")
    guest.send("reject-form", **sent)
    assert small_house.recipients(guid)[0].reason == kept
