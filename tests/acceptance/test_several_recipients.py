"""Several recipients: in parallel or one after the other, and what their outcomes make of the whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.errors import ErrorKind
from gateway.domain.record import Task
from tests.guest import Guest
from tests.house import House, refused
from tests.orders import ANA, EVA, LUIS, order

DAY = timedelta(days=1)
SECOND_LUIS = replace(LUIS, order=2)
THIRD_EVA = replace(EVA, order=3)


def notified(house: House, guid: str) -> list[int]:
    """The positions of the recipients who got a notice, as often as they got one."""
    return sorted(
        int(message["id"].removeprefix(f"notice-{guid}-")[0]) for message in house.messages("notice-")
    )


def expire(house: House) -> None:
    house.clock.advance(timedelta(days=16))
    house.expire()
    house.drain()


def test_in_parallel(house: House) -> None:
    """Equal orders are notified at once; 9 after the first decision, 10 after the last, then 7."""
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    assert notified(house, guid) == [0, 1]
    ana, luis = house.guest(guid, 0), house.guest(guid, 1)
    luis.decide()
    assert house.state(guid) == (9, 0)
    house.drain()
    ana.decide()
    assert house.state(guid) == (10, 7)
    house.drain()
    assert house.state(guid) == (12, 7)


def test_each_sees_only_their_own_process(small_house: House) -> None:
    """A recipient's link, identifier and code do not serve another."""
    house = small_house
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    ana, luis = house.guest(guid, 0), house.guest(guid, 1)
    for guest, identifier in ((ana, LUIS.identifier), (luis, ANA.identifier)):
        refused(ErrorKind.IDENTIFIER_MISMATCH, guest.enter, identifier)
    for guest in (ana, luis):
        guest.read()
        guest.ask()
    assert ana.code != luis.code or pytest.skip("the same six digits were drawn twice")
    refused(ErrorKind.CODE_WRONG, ana.sign, luis.code)


def test_in_order(house: House) -> None:
    """Each is notified only when the one before has decided."""
    guid = house.submit(order(ANA, SECOND_LUIS, THIRD_EVA)).guid
    for position in range(3):
        house.drain()
        assert notified(house, guid) == list(range(position + 1))
        house.guest(guid, position).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    assert notified(house, guid) == [0, 1, 2]


def test_the_next_turn_waits_for_the_whole_turn(house: House) -> None:
    """Two share the first turn: the third waits for both, whichever decides first."""
    guid = house.submit(order(replace(EVA, order=2), ANA, LUIS)).guid
    house.drain()
    assert notified(house, guid) == [1, 2]
    house.guest(guid, 2).decide()
    house.drain()
    assert notified(house, guid) == [1, 2]
    house.guest(guid, 1).decide()
    house.drain()
    assert notified(house, guid) == [0, 1, 2]


def test_a_queued_notice_is_not_queued_again(house: House) -> None:
    """Ana decides while Luis's notice is still in a slow worker's hands: Luis gets one all the same."""
    guid = house.submit(order(ANA, LUIS)).guid
    held: list[Task] = []
    while tasks := house.claim(1):
        if tasks[0].kind == "notify" and tasks[0].subject == "1":
            held += tasks
        else:
            house.run(*tasks)
    house.guest(guid, 0).decide()
    house.drain()
    house.run(*held)
    house.drain()
    assert notified(house, guid) == [0, 1]
    house.guest(guid, 1).decide()
    house.drain()
    assert house.state(guid) == (12, 7)


def test_a_notice_for_who_decided_meanwhile_is_not_sent(small_house: House) -> None:
    """What was queued for a transaction that is decided leaves nobody a message."""
    house = small_house
    guid = house.submit(order(ANA, LUIS)).guid
    while tasks := house.claim(1):
        if tasks[0].kind == "notify" and house.state(guid)[0] < 10:
            house.cancel(guid)
        house.run(*tasks)
    assert not house.messages()
    assert house.state(guid) == (12, 99932)


def decide(guest: Guest, outcome: str) -> None:
    if outcome == "sign":
        guest.decide()
    elif outcome == "reject":
        guest.read()
        guest.reject()
    elif outcome == "withdraw":
        guest.enter()
        guest.house.system.refuse.withdraw(guest.session)


@pytest.mark.parametrize(
    ("outcomes", "result"),
    [
        (("sign", "reject"), 16),
        (("reject", "sign"), 16),
        (("sign", "none"), 16),
        (("withdraw", "sign"), 16),
        (("withdraw", "reject"), 8),
        (("withdraw", "none"), 99940),
        (("none", "reject"), 8),
        (("none", "none"), 99906),
    ],
)
def test_the_result_of_several(small_house: House, outcomes: tuple[str, str], result: int) -> None:
    """All positive 7, some 16, none the first of the table; whoever did nothing expires."""
    house = small_house
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    for position, outcome in enumerate(outcomes):
        decide(house.guest(guid, position), outcome)
    expire(house)
    assert house.state(guid) == (12, result)


def test_a_rejection_does_not_stop_the_next(house: House) -> None:
    """Who comes next is asked although the one before said no."""
    guid = house.submit(order(ANA, SECOND_LUIS)).guid
    house.drain()
    decide(house.guest(guid, 0), "reject")
    house.drain()
    house.guest(guid, 1).decide()
    house.drain()
    assert house.state(guid) == (12, 16)


def test_expiry_of_several_whose_turn_never_came(house: House) -> None:
    """All expire at once: nobody is notified by the expiry of the one before, each has evidence."""
    guid = house.submit(order(ANA, SECOND_LUIS, THIRD_EVA)).guid
    house.drain()
    expire(house)
    assert house.state(guid) == (12, 99906)
    assert notified(house, guid) == [0]
    events = [file.evidence for file in house.evidence(guid) if file.evidence.event.endswith(":Expired")]
    assert [each.position for each in events] == [0, 1, 2]


def test_expiry_of_several_before_they_were_sealed(house: House) -> None:
    """A transaction that no worker ever touched expires like any other, and hinders none."""
    stuck = house.submit(order(ANA, LUIS, time_to_close="P1D")).guid
    other = house.submit(order(time_to_close="P2D")).guid
    house.clock.advance(timedelta(days=3))
    assert house.expire() == 2
    house.drain()
    assert house.state(stuck) == (12, 99906)
    assert house.state(other) == (12, 99906)


def test_a_link_before_its_turn_opens_nothing(house: House) -> None:
    """Whoever holds the link of one who comes later is told so, and nothing happens; later it opens."""
    guid = house.submit(order(ANA, SECOND_LUIS)).guid
    house.drain()
    codes = house.tech.codes
    with house.tech.database.write() as uow:
        luis = uow.recipients.of(guid)[1]
        token = codes.link_token(guid, 1)
        assert uow.recipients.replace(luis, replace(luis, link_digest=codes.token_digest(token)))
        uow.commit()
    access, before = house.system.access, house.kinds(guid)
    refused(ErrorKind.NOT_YOUR_TURN, access.open_link, token)
    refused(ErrorKind.NOT_YOUR_TURN, access.identify, token, LUIS.identifier)
    refused(ErrorKind.NOT_YOUR_TURN, house.system.consult.view, house.guest(guid, 1).session)
    status, page = house.get(f"/a/{token}")
    assert status.startswith("409")
    assert "E000561" in page.decode()
    assert house.kinds(guid) == before
    house.guest(guid, 0).decide()
    access.identify(token, LUIS.identifier)


@pytest.mark.parametrize(
    ("outcomes", "result", "left"),
    [
        (("reject",), 8, ["PENDING", "PENDING"]),
        (("sign", "reject"), 16, ["PENDING"]),
        (("sign", "sign", "reject"), 16, []),
    ],
)
def test_one_rejection_ends_it_by_rule(
    small_house: House, outcomes: tuple[str, ...], result: int, left: list[str]
) -> None:
    """END: state 10 at once; the others keep their states, each with an event, and can do nothing more."""
    house = small_house
    guid = house.submit(order(ANA, SECOND_LUIS, THIRD_EVA, on_reject="END")).guid
    for position, outcome in enumerate(outcomes):
        house.drain()
        assert house.state(guid)[0] < 10
        decide(house.guest(guid, position), outcome)
    assert house.state(guid) == (10, result)
    events = [event for event in house.events(guid) if event.kind == "LEFT_OPEN"]
    assert [dict(event.details)["recipient_state"] for event in events] == left
    assert [each.state.value for each in house.recipients(guid)[len(outcomes) :]] == left
    house.drain()
    assert house.state(guid) == (12, result)
    assert notified(house, guid) == list(range(len(outcomes)))
