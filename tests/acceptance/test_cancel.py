"""The issuer takes a transaction back, at any moment before the outcome is fixed."""

import pytest

from gateway.domain.errors import ErrorKind
from tests.house import INSURER, House, refused
from tests.orders import ANA, LUIS, order


def test_before_anything_was_done(house: House) -> None:
    """Cancelled right after Submit: closed and certified, and nobody is told."""
    guid = house.submit().guid
    house.cancel(guid, reason="Enviado por error")
    assert house.state(guid) == (10, 99932)
    house.drain()
    assert house.state(guid) == (12, 99932)
    assert house.kinds(guid)[-2:] == ["CERTIFIED", "PACKED"]
    assert not house.messages()
    facts = house.verified(house.evidence(guid)[-1].octets).facts
    assert facts is not None
    assert facts.event.endswith(":Cancelled")
    assert ("reason", "Enviado por error") in facts.details
    assert facts.result == 99932


def test_while_the_recipient_is_reading(house: House) -> None:
    """The recipient's next step meets a closed door, and a code that was asked for is not sent."""
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    house.system.request_code(guest.session)
    house.cancel(guid)
    house.drain()
    assert not house.messages("code-")
    refused(ErrorKind.CLOSED, house.system.sign.sign, guest.session, "000000")
    refused(ErrorKind.CLOSED, house.system.access.open_link, house.link_token(guid))
    assert house.state(guid) == (12, 99932)


def test_overrides_what_some_have_decided(small_house: House) -> None:
    """Cancelled in state 9, after one of two signed: the result is the issuer's."""
    house = small_house
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    house.guest(guid).decide()
    house.cancel(guid)
    house.drain()
    assert house.state(guid) == (12, 99932)


@pytest.mark.parametrize("drained", [False, True])
def test_not_once_it_is_decided(small_house: House, drained: bool) -> None:
    """From state 10 on, and a second time, Cancel answers E000101 and changes nothing."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    house.guest(guid).decide()
    if drained:
        house.drain()
    refused(ErrorKind.CLOSED, house.cancel, guid)
    house.drain()
    assert house.state(guid) == (12, 7)
    other = house.submit().guid
    house.cancel(other)
    refused(ErrorKind.CLOSED, house.cancel, other)


def test_not_by_another_issuer(small_house: House) -> None:
    """To another issuer the transaction does not exist."""
    guid = small_house.submit().guid
    refused(ErrorKind.NOT_FOUND, small_house.cancel, guid, INSURER)
    assert small_house.state(guid) == (1, 0)
