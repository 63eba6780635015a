"""Calls between two people by a Twilio-compatible provider: put through, recorded, told of, and rung in."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.delivery import Outcome
from gateway.domain.results import Result
from scripts.sample_calls import Exchange
from scripts.sample_exchange import twilio
from tests import provider_house
from tests.bridge_samples import call, evidence
from tests.house import BANK, INSURER, LEASE, House
from tests.provider_house import SENDER, calls

CALLER, CALLED = "+34600000123", "+34910000456"
SOON, LATER = timedelta(minutes=1), timedelta(minutes=20)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with twilio() as exchange:
        yield exchange


@pytest.fixture
def house(tmp_path: Path, exchange: Exchange) -> Iterator[House]:
    with provider_house.at_provider(tmp_path, exchange) as house:
        yield house


def ended(house: House, guid: str) -> dict[str, str]:
    [found] = [dict(each.details) for each in house.events(guid) if each.kind == "DECIDED_ALL"]
    return found


@pytest.mark.parametrize("quiet", [False, True])
def test_two_people_are_put_through(house: House, exchange: Exchange, *, quiet: bool) -> None:
    """By callbacks, or when asked because none came: both hear that it is recorded before they hear each
    other, each event is told once, and the recording in two channels is certified."""
    exchange.quiet = quiet
    guid = house.submit(call()).guid
    house.drain()
    exchange.play()
    house.wait(SOON)
    parent, child = exchange.calls
    assert (parent.one("To"), parent.one("From")) == (CALLER, SENDER)
    assert (child.one("To"), child.one("From")) == (CALLED, SENDER)
    for end in (parent, child):
        assert "Se graba" in end.said[0]
    assert house.state(guid) == (12, Result.COMPLETED)
    kinds = [kind for kind in house.kinds(guid) if kind.startswith("BRIDGE_")]
    assert sorted(kinds) == [
        "BRIDGE_ANSWERED",
        "BRIDGE_ANSWERED",
        "BRIDGE_ENDED",
        "BRIDGE_PLACED",
        "BRIDGE_RECORDED",
    ]
    assert {"CallAnswered", "CallRecorded", "CallHeld"} <= {*evidence(house, guid)}
    told = ended(house, guid)
    assert told["seconds"] == "20"
    assert len(told["recording_sha256"]) == 64
    assert {status for _, status in exchange.answers} <= {200, 204}
    fetched = [asked for asked in exchange.fetched if asked.startswith("Recordings/")]
    assert all(asked.endswith(".wav?RequestedChannels=2") for asked in fetched)
    assert fetched


def test_callbacks_twice_and_in_any_order(house: House, exchange: Exchange) -> None:
    """Eight calls, each told in an order of its own, everything twice: one story and one outcome of each."""
    for seed in range(8):
        guid = house.submit(call(external_id=f"call-{seed}")).guid
        house.drain()
        exchange.held = []
        exchange.play([each for each in exchange.calls if not each.parent][-1])
        exchange.let_go(random.Random(seed))
        house.drain()
        assert house.state(guid) == (12, Result.COMPLETED), seed
        kinds = house.kinds(guid)
        told = [kinds.count(f"BRIDGE_{kind}") for kind in ("ANSWERED", "ENDED", "RECORDED", "UNANSWERED")]
        assert told == [2, 1, 1, 0], seed
    assert {status for _, status in exchange.answers} <= {200, 204}


@pytest.mark.parametrize(
    ("person", "called", "failure"),
    [
        ("busy", "answer", "BUSY"),
        ("no-answer", "answer", "NO_ANSWER"),
        ("machine", "answer", "MACHINE"),
        ("answer", "busy", "BUSY"),
        ("answer", "no-answer", "NO_ANSWER"),
        ("answer", "failed", "OTHER"),
        ("answer", "canceled", "OTHER"),
        ("answer", "machine", "MACHINE"),
    ],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_an_end_that_is_not_reached(
    house: House, exchange: Exchange, person: str, called: str, failure: str, *, quiet: bool
) -> None:
    """Whichever end it is: an attempt with its reason, no call that was held, and nobody is rung again."""
    exchange.person, exchange.called, exchange.quiet = person, called, quiet
    guid = house.submit(call()).guid
    house.drain()
    exchange.play()
    house.wait(SOON)
    house.wait(LATER)
    assert house.state(guid) == (12, Result.NOTICE_FAILED)
    assert ended(house, guid)["failure"] == failure
    assert {"CallAttempted", "CallNotHeld"} <= {*evidence(house, guid)}
    assert "CallHeld" not in evidence(house, guid)
    assert len([each for each in exchange.calls if not each.parent]) == 1
    machine = [each for each in exchange.calls if each.answered_by]
    updated = [place for place, status in exchange.updates if status == "completed"]
    assert updated == ([] if quiet else [f"Calls/{each.sid}.json" for each in machine])


def test_a_caller_who_hangs_up_before_the_other_is_rung(house: House, exchange: Exchange) -> None:
    """No second call was made: asked a little later, that is an attempt that failed at the caller's end."""
    guid = house.submit(call()).guid
    house.drain()
    placed = exchange.calls[-1]
    placed.status, placed.seconds = "completed", 3
    house.drain()
    assert house.state(guid)[0] == 3
    house.wait(SOON)
    assert house.state(guid) == (12, Result.NOTICE_FAILED)


def test_a_placing_without_answer_is_never_repeated(house: House, exchange: Exchange) -> None:
    """Between intent and result the answer is lost: UNKNOWN, one call, and its callbacks end it as held."""
    exchange.trouble = "lost"
    lost = house.submit(call()).guid
    house.drain()
    house.wait(2 * LEASE)
    house.wait(LATER)
    assert len(exchange.calls) == 1
    assert [each.outcome for each in calls(house, lost)] == [Outcome.UNKNOWN]
    exchange.play()
    house.wait(SOON)
    assert house.state(lost) == (12, Result.COMPLETED)
    assert len([each for each in exchange.calls if not each.parent]) == 1


def test_the_expected_caller_rings_in(house: House, exchange: Exchange) -> None:
    """CALL_IN: nobody is rung at first; whoever is expected is put through, everybody else turned away."""
    guid = house.submit(call(way="CALL_IN")).guid
    house.drain()
    assert not exchange.calls
    url = f"{house.settings.voice.callback_url}/incoming"
    assert exchange.ring_in(url, "+34600000999", SENDER).status == "busy"
    assert exchange.ring_in(url, CALLER, "+34910000999").status == "busy"
    form = {"From": CALLER, "To": SENDER, "CallSid": "CA1"}
    assert exchange.post(url, form, "bm9ib2R5")[0] == 403
    assert "BRIDGE_ANSWERED" not in house.kinds(guid)
    rung = exchange.ring_in(url, CALLER, SENDER)
    assert "Se graba" in rung.said[0]
    house.wait(SOON)
    assert house.state(guid) == (12, Result.COMPLETED)
    assert "CallHeld" in evidence(house, guid)
    assert exchange.ring_in(url, CALLER, SENDER).status == "busy"


def test_a_caller_who_never_rings_is_told_at_the_end_of_the_time(house: House, exchange: Exchange) -> None:
    """The window closes: negative evidence, and from then on they are not put through."""
    guid = house.submit(call(way="CALL_IN", time_to_close="PT30M")).guid
    house.drain()
    house.clock.advance(timedelta(minutes=45))
    assert exchange.ring_in(f"{house.settings.voice.callback_url}/incoming", CALLER, SENDER).status == "busy"
    assert house.expire()
    house.drain()
    assert house.state(guid) == (12, Result.EXPIRED)


def test_who_really_rings_is_not_put_through_in_a_test(house: House, exchange: Exchange) -> None:
    """A sandbox transaction that waits expects nobody, and another issuer's is found beside it."""
    house.system.support.set_profile(BANK.number, {"sandbox": True})
    tried = house.submit(call(way="CALL_IN"), replace(BANK, sandbox=True)).guid
    # It waits for its caller, and has not been played yet.
    while not calls(house, tried):
        house.run(*house.claim(1))
    assert house.state(tried)[0] == 3
    url = f"{house.settings.voice.callback_url}/incoming"
    assert exchange.ring_in(url, CALLER, SENDER).status == "busy"
    guid = house.submit(call(way="CALL_IN"), INSURER).guid
    house.run(*[each for each in house.claim() if each.guid == guid])
    house.drain()
    exchange.ring_in(url, CALLER, SENDER)
    house.wait(SOON)
    assert house.state(guid) == (12, Result.COMPLETED)
