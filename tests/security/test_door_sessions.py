"""Attacks on sessions of the portal: stolen, planted, taken along, and used beside their owner's."""

from datetime import timedelta

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.commands import Session
from tests.house import House
from tests.security.door_world import Browser, Scene, scene


@pytest.fixture
def at(small_house: House) -> Scene:
    return scene(small_house)


def stolen(browser: Browser, *kinds: str) -> dict[str, str]:
    return {name: value for name, value in browser.cookies().items() if any(kind in name for kind in kinds)}


def test_the_session_cookie_alone_is_worthless(at: Scene) -> None:
    """Without the cookie of its device a stolen session leads to the door; only both are the device."""
    ana, thief = at.browser().identify(), at.browser(address="198.51.100.9")
    assert ana.here == "conditions"
    for kinds in (("session",), ("device",)):
        thief.client.set_cookie(*next(iter(stolen(ana, *kinds).items())))
        thief.ask("conditions")
        assert thief.here == ""
        assert thief.page.xpath('//form[@id="identify-form"]')
        thief.client = type(thief.client)(at.app)
    assert ana.ask("conditions").status_code == 200


def test_a_session_with_anothers_device_is_refused_inside_too(at: Scene) -> None:
    """The use case itself compares the device: not only the page does."""
    at.browser().identify()
    with at.house.tech.database.read() as uow:
        (kept,) = uow.portal_sessions.of(at.guid, 0)
    for wrong in (
        Session(at.guid, 0, 0, kept.session, b"x" * 32),
        Session(at.guid, 0, 0, b"y" * 32, kept.device),
    ):
        with pytest.raises(GatewayError) as caught:
            at.house.system.consult.accept_conditions(wrong)
        assert caught.value.kind is ErrorKind.SESSION_ENDED


def test_another_identification_ends_the_earlier_device(at: Scene) -> None:
    """Never two side by side: the phone identified first has to identify itself again, and is told so."""
    first, second = at.browser().identify(), at.browser(agent="Mozilla/5.0 (tablet)")
    open_form = first.form("conditions-form")
    second.identify()
    first.ask(open_form.pop("action"), "POST", data=open_form | {"accept": "yes"})
    assert first.here == ""
    assert at.house.recipients(at.guid)[0].conditions_at is None
    second.send("conditions-form", accept="yes")
    assert at.house.recipients(at.guid)[0].conditions_at is not None
    last = next(event for event in at.house.events(at.guid) if event.kind == "ACCESSED_AGAIN")
    assert dict(last.details)["earlier_session_ended_by"] == "ANOTHER_DEVICE"


def test_ids_are_fresh_at_each_identification(at: Scene) -> None:
    """What was planted before, or known from an earlier visit, opens nothing (session fixation)."""
    attacker = at.browser().identify()
    planted = stolen(attacker, "session", "device", "visitor")
    victim = at.browser()
    for name, value in planted.items():
        victim.client.set_cookie(name, value)
    victim.ask("?")
    victim.ask("conditions")
    victim.client.delete_cookie(next(name for name in planted if "session" in name))
    victim.identify()
    now = stolen(victim, "session", "device")
    assert not set(now.values()) & set(planted.values())
    assert attacker.ask("conditions").status_code == 200
    assert attacker.here == ""


def test_the_evidence_of_the_act_names_session_and_device(at: Scene) -> None:
    """Digests only; the ids that the cookies hold stand nowhere."""
    ana = at.browser().identify()
    ana.send("conditions-form", accept="yes")
    ana.ask("reject")
    ana.send("reject-form", reason="No es lo acordado")
    event = next(event for event in at.house.events(at.guid) if event.kind == "DECIDED_ALL")
    details = dict(event.details)
    with at.house.tech.database.read() as uow:
        (kept,) = uow.portal_sessions.of(at.guid, 0)
    assert (details["session"], details["device"]) == (kept.session.hex(), kept.device.hex())
    assert kept.agent
    at.house.drain()
    sealed = "".join(each.octets.decode() for each in at.house.evidence(at.guid))
    assert kept.session.hex() in sealed


def test_an_idle_session_ends_at_the_server(at: Scene) -> None:
    """Whatever the cookie says: after half an hour without a look the session is over."""
    ana = at.browser().identify()
    at.house.clock.advance(timedelta(minutes=29))
    assert ana.ask("conditions").status_code == 200
    assert ana.here == "conditions"
    at.house.clock.advance(timedelta(minutes=31))
    ana.ask("conditions")
    assert ana.here == ""


def test_a_session_opens_no_other_link(at: Scene) -> None:
    """Another's link with this browser's cookies asks for the other's identifier."""
    other = scene(at.house)
    ana = at.browser().identify()
    ana.token = other.token
    ana.ask("documents")
    assert ana.page.xpath('//form[@id="identify-form"]')
