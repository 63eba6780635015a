"""Operation codes that leave, do not leave, or perhaps left: only the one that surely came signs."""

from datetime import timedelta

import pytest

from gateway.domain.delivery import Channel, Effect, Message, Receipt
from gateway.domain.errors import ErrorKind
from tests.couriers import Scripted
from tests.house import LEASE, House, refused

PAUSE = timedelta(seconds=21)


@pytest.fixture
def sms(house: House) -> Scripted:
    return Scripted(house, Channel.SMS)


def effects(house: House, guid: str) -> list[Effect]:
    with house.tech.database.read() as uow:
        return list(uow.effects.of(guid))


@pytest.mark.parametrize("death", ["die_before", "die_after"])
def test_a_code_whose_fate_is_unknown_is_void(sms: Scripted, death: str) -> None:
    """The code that perhaps arrived is refused, nothing is sent again by itself, another may be asked for."""
    house = sms.house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    sms.script = [getattr(sms, death)]
    guest.ask()
    house.wait(2 * LEASE)
    assert len(sms.sent) == (2 if death == "die_after" else 1)
    typed = guest.code if death == "die_after" else "000000"
    refused(ErrorKind.CODE_EXPIRED, guest.sign, typed)
    assert "CODE_UNKNOWN" in house.kinds(guid)
    assert house.system.request_code.status(guest.session).failed
    guest.ask()
    guest.sign()
    house.drain()
    assert house.state(guid) == (12, 7)
    assert all(effect.outcome for effect in effects(house, guid))


def test_a_code_that_could_not_leave_is_drawn_anew(sms: Scripted) -> None:
    """NOT_SENT is never told as sent; the code that leaves later is the one that signs."""
    house = sms.house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    sms.script = [sms.unreachable]
    guest.ask()
    assert "CODE_SENT" not in house.kinds(guid)
    assert not house.system.request_code.status(guest.session).sent
    house.wait(timedelta(seconds=2))
    assert house.kinds(guid)[-2:] == ["CODE_NOT_SENT", "CODE_SENT"]
    guest.sign()
    house.drain()
    assert house.state(guid) == (12, 7)


def test_codes_that_never_left_are_not_counted(sms: Scripted) -> None:
    """A channel that refuses or is down for long does not use up the recipient's sendings."""
    house = sms.house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    for _ in range(2):
        sms.script = [sms.unreachable] * 20
        guest.ask()
        for _ in range(12):
            house.wait(timedelta(minutes=2))
        sms.script = [sms.refuse]
        guest.ask()
        house.clock.advance(PAUSE)
    assert house.system.request_code.status(guest.session).sends_left == 3
    guest.ask()
    guest.sign()
    house.drain()
    assert house.state(guid) == (12, 7)
    assert not house.system.support.dead_tasks(10)


def test_a_code_that_is_replaced_while_it_leaves(sms: Scripted) -> None:
    """The recipient asks again while the first message is on its way: it is void, counted, and no more."""
    house = sms.house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()

    def overtaken(message: Message) -> Receipt:
        house.clock.advance(PAUSE)
        house.system.request_code(guest.session)
        return sms.deliver(message)

    sms.script = [overtaken]
    house.system.request_code(guest.session)
    house.drain()
    assert len(house.messages(f"code-{guid}-")) == 2
    assert house.system.request_code.status(guest.session).sends_left == 1
    guest.sign()
    assert house.state(guid) == (10, 7)
