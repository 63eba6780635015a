"""The last page tells what was decided and what comes next; conditions are accepted as they were shown."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.adapters.channels import conditions
from gateway.bootstrap.doors import portal_use_cases
from gateway.domain.errors import ErrorKind
from tests.browser.visitor import Visitor
from tests.house import House, refused
from tests.orders import Paper, Person, order
from tests.pdf_samples import plain

BY_MAIL = Person(notice_method="EMAIL")
BOTH = (Paper(plain(1), "Contrato ñandú.pdf"), Paper(plain(1), "Anexo.pdf"))


def visitor(house: House, *people: Person, papers: Any = BOTH, **asked: Any) -> tuple[str, Visitor]:
    guid = house.submit(order(*people, papers=papers, **asked)).guid
    house.drain()
    world: Any = SimpleNamespace(use_cases=portal_use_cases(house.system), clock=house.clock)
    return guid, Visitor(world, door=f"/a/{house.link_token(guid)}")


def sign(house: House, guid: str, guest: Visitor) -> None:
    guest.send("request-form")
    house.drain()
    guest.see("sign")
    guest.send("code-form", code=house.code(guid, 0))


def shown(guest: Visitor, name: str) -> str:
    return " ".join(guest.page.xpath("string(//*[@id=$id])", id=name).split())


def test_a_signature_is_summed_up(small_house: House) -> None:
    """Documents, the instant with its offset, GUID, the copy that comes and the way to ask for another."""
    guid, guest = visitor(small_house, BY_MAIL, send_copy="true")
    sign(small_house, guid, guest.accept())
    assert guest.page.xpath('//*[@id="about"]//li/text()') == ["Contrato ñandú.pdf", "Anexo.pdf"]
    decided = small_house.recipients(guid)[0].decided_at
    assert decided is not None
    assert shown(guest, "moment") == decided.strftime("%d/%m/%Y, %H:%M UTC")
    assert shown(guest, "guid") == guid
    assert "le enviaremos una copia" in shown(guest, "copied")
    assert guest.page.xpath('string(//*[@id="copy-link"]/@href)') == "/copy"


def test_no_copy_is_promised_that_will_not_come(small_house: House) -> None:
    """Whoever rejects gets none, and neither does whoever has no mailbox that was written to."""
    guid, guest = visitor(small_house, BY_MAIL, send_copy="true")
    guest.accept().see("reject")
    guest.send("reject-form", reason="No lo he pedido")
    assert guest.page.xpath('//*[@id="about"]//li')
    assert not guest.page.xpath('//*[@id="copied"]')
    guid, guest = visitor(small_house, send_copy="true")
    sign(small_house, guid, guest.accept())
    assert not guest.page.xpath('//*[@id="copied"]')


def test_many_long_names_are_counted(small_house: House) -> None:
    """The receipt stays within the 4 KB that a browser keeps, beside the longest address to go back to."""
    papers = [Paper(plain(1), f"{place} {'ñ' * 120}.pdf") for place in range(4)]
    url = f"https://bank.example/{'a' * 1900}"
    _, guest = visitor(small_house, papers=papers, return_url=url)
    guest.accept().see("reject")
    guest.send("reject-form", reason="No")
    [item] = guest.page.xpath('//*[@id="about"]//li/text()')
    assert item == "4 documentos"
    [receipt] = [value for name, value in guest.cookies().items() if "-done-" in name]
    assert len(receipt) < 3900


def test_conditions_that_changed_meanwhile_are_asked_again(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway was upgraded between the page and its form: nothing is accepted unseen."""
    guid, guest = visitor(small_house)
    guest.identify()
    assert "versión 1.0" in shown(guest, "conditions-version")
    for mark in ("", "1.0", "0.9 " + "0" * 64):
        guest.send("conditions-form", accept="yes", shown=mark)
        assert guest.answer.status_code == 409
    guest.see("conditions")
    with monkeypatch.context() as upgraded:
        upgraded.setattr(conditions, "VERSION", "1.1")
        guest.send("conditions-form", accept="yes")
        assert guest.answer.status_code == 409
        assert "han cambiado" in guest.problem
        assert "versión 1.1" in shown(guest, "conditions-version")
        assert small_house.recipients(guid)[0].conditions_at is None
        guest.send("conditions-form", accept="yes")
    [accepted] = [event for event in small_house.events(guid) if event.kind == "CONDITIONS_ACCEPTED"]
    assert dict(accepted.details)["conditions_version"] == "1.1"
    session = small_house.guest(guid).session
    small_house.system.consult.accept_conditions(session, "twice is nothing new")
    other, _ = visitor(small_house)
    late = small_house.guest(other)
    late.enter()
    refused(ErrorKind.CONDITIONS_CHANGED, small_house.system.consult.accept_conditions, late.session, "x")


@pytest.mark.parametrize(
    ("method", "sms", "call"), [("SMS", True, False), ("VOICE", False, True), ("BIOMETRIC", False, False)]
)
def test_help_knows_the_method_of_whoever_is_identified(
    small_house: House, method: str, sms: bool, call: bool
) -> None:
    """Everything before that; afterwards nothing about a way that is not theirs."""
    _, guest = visitor(small_house, sign_method=method)
    for knows, about in ((False, (True, True)), (True, (sms, call))):
        if knows:
            guest.identify()
        guest.see("help")
        assert ("SIM" in guest.words, "Comunicaba" in guest.words) == about
