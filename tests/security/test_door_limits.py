"""Guessing at the portal: counted by transaction, identifier and address, for every process."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.access import Access
from gateway.usecases.commands import Arrival
from gateway.usecases.door_limits import DoorPolicy, network
from tests.house import House, refused
from tests.orders import LUIS, order
from tests.security.door_world import IDENTIFIER, Scene, scene

SMALL = DoorPolicy(per_transaction=4, per_identifier=4, per_address=4, captcha_after=1000)
NUMBERS = count(1)


@pytest.fixture
def at(small_house: House) -> Scene:
    return scene(small_house)


def access(house: House, **limits: int) -> Access:
    generous = dict.fromkeys(("per_transaction", "per_identifier", "per_address"), 1000)
    return replace(house.system.access, policy=replace(SMALL, **(generous | limits)))


def guess(door: Access, token: str, address: str = "", value: str = "") -> ErrorKind:
    with pytest.raises(GatewayError) as caught:
        door.identify(token, value or f"{next(NUMBERS):08d}X", Arrival(address))
    return caught.value.kind


def test_one_address_guesses_at_many_links(at: Scene) -> None:
    """The fifth failure of an address waits, also with the right identifier; elsewhere nothing is slower."""
    door = access(at.house, per_address=4)
    links = [at.token, scene(at.house).token, "x" * 43, "y" * 43]
    for link in links:
        guess(door, link, "192.0.2.1")
    assert guess(door, at.token, "192.0.2.1", IDENTIFIER) is ErrorKind.TOO_MANY_ATTEMPTS
    assert door.identify(at.token, IDENTIFIER, Arrival("192.0.2.2")).guid == at.guid
    at.house.clock.advance(timedelta(minutes=16))
    assert door.identify(at.token, IDENTIFIER, Arrival("192.0.2.1")).guid == at.guid


def test_one_identifier_is_tried_at_many_links(at: Scene) -> None:
    """However it is spelt, from whatever address: after four failures it waits, and others do not."""
    door = access(at.house, per_identifier=4)
    scenes = [scene(at.house) for _ in range(4)]
    for place, each in enumerate(scenes):
        guess(
            door,
            each.token,
            f"192.0.2.{place}",
            ("99999999R", "99999999-r", "99.999.999 R", "99999999R")[place],
        )
    assert guess(door, at.token, "192.0.2.77", "99999999 R") is ErrorKind.TOO_MANY_ATTEMPTS
    assert door.identify(at.token, IDENTIFIER, Arrival("192.0.2.77")).guid == at.guid


def test_nobody_is_locked_out_by_who_types_their_identifier(at: Scene) -> None:
    """A stranger tries a victim's identifier at links of their own; the victim's own link lets them in."""
    door = access(at.house, per_identifier=4)
    for place in range(6):
        guess(door, scene(at.house, order(LUIS)).token, f"192.0.2.{place}", IDENTIFIER)
    assert (
        guess(door, scene(at.house, order(LUIS)).token, "192.0.2.9", IDENTIFIER)
        is ErrorKind.TOO_MANY_ATTEMPTS
    )
    assert door.identify(at.token, IDENTIFIER, Arrival("192.0.2.77")).guid == at.guid


def test_one_transaction_is_tried_from_everywhere(at: Scene) -> None:
    """A thousand addresses have no more tries at one transaction than one has."""
    door = access(at.house, per_transaction=4)
    kinds = [guess(door, at.token, f"203.0.113.{place}") for place in range(5)]
    assert kinds == [ErrorKind.IDENTIFIER_MISMATCH] * 4 + [ErrorKind.TOO_MANY_ATTEMPTS]


def test_counts_are_shared_and_keyed(at: Scene) -> None:
    """They are rows, so that another process goes on counting; neither address nor identifier can be read."""
    guess(at.house.system.access, at.token, "192.0.2.1", "99999999R")
    with at.house.tech.database.engine.connect() as connection:
        told = str(connection.exec_driver_sql("SELECT * FROM sign_in_pauses").fetchall())
    assert "192.0.2.1" not in told
    assert "99999999" not in told
    with at.house.tech.database.read() as uow:
        assert uow.pauses.until("portal-address/192.0.2.1") is not None


def test_a_success_washes_no_count_away(at: Scene) -> None:
    """A thief with a link of their own gains no further tries at others' by identifying themself."""
    door, own = access(at.house, per_address=4), scene(at.house)
    for _ in range(2):
        guess(door, at.token, "192.0.2.1")
    door.identify(own.token, IDENTIFIER, Arrival("192.0.2.1"))
    for _ in range(2):
        guess(door, at.token, "192.0.2.1")
    assert guess(door, at.token, "192.0.2.1") is ErrorKind.TOO_MANY_ATTEMPTS


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_network_counts_as_one(address: str, counted: str) -> None:
    """Whoever has a network of addresses has the tries of one."""
    assert network(address) == counted


def test_an_unknown_link_answers_as_a_dead_one(at: Scene) -> None:
    """Corrected away or never made: the same status and code, and neither identifier nor name in it."""
    ana = at.browser()
    ana.token = "z" * 43
    ana.ask()
    assert (ana.answer.status_code, ana.refusal) == (403, "E000102")
    refused(ErrorKind.ACCESS_DENIED, at.house.system.access.identify, "z" * 43, IDENTIFIER, Arrival())
