"""BUROVOZ from Submit to certificate: calls that are held, tried, expected, and of which nobody knows."""

import wave
import zipfile
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest

from gateway.adapters.channels.voice import Answer, LocalVoice
from gateway.bootstrap import bridging
from gateway.domain.bridge import Leg
from gateway.domain.delivery import Channel, Outcome, Purpose, Receipt
from gateway.domain.errors import ErrorKind
from gateway.domain.results import Result
from gateway.domain.voice import CallEvent, CallState
from gateway.usecases.commands import Reference
from tests.bridge_samples import call, evidence
from tests.couriers import Scripted
from tests.house import BANK, House, refused

MINUTE = timedelta(minutes=1)


def voice(house: House) -> LocalVoice:
    assert isinstance(house.tech.voice, LocalVoice)
    return house.tech.voice


def calls(house: House, guid: str) -> list[str]:
    with house.tech.database.read() as uow:
        return [each.id for each in uow.effects.of(guid) if each.purpose is Purpose.CALL]


def test_held_recorded_and_certified(small_house: House) -> None:
    """Both answer and speak: the recording is kept, its digest in evidence and certificate, its octets in the
    pack; announcement and declared speakers stand where they belong."""
    house = small_house
    guid = house.submit(call()).guid
    house.drain()
    assert house.state(guid) == (12, Result.COMPLETED)
    assert [kind for kind in house.kinds(guid) if kind.startswith("BRIDGE_")] == [
        "BRIDGE_PLACED",
        "BRIDGE_ANSWERED",
        "BRIDGE_ANSWERED",
        "BRIDGE_ENDED",
        "BRIDGE_RECORDED",
    ]
    assert {"CallAnswered", "CallRecorded", "CallHeld"} <= {*evidence(house, guid)}
    [said] = house.messages("call-")
    assert "se graba" in said["text"].lower()
    assert "Ana García" in said["text"]
    container = zipfile.ZipFile(BytesIO(house.system.pack_of(BANK, Reference(guid)).octets))
    [name] = [each for each in container.namelist() if each.endswith("-voice-recorded.wav")]
    recording = container.read(name)
    with wave.open(BytesIO(recording)) as sound:
        assert sound.getnframes() > 1000
    digest = sha256(recording).hexdigest().encode()
    decided = [each.octets for each in house.evidence(guid) if b"CallHeld" in each.octets]
    assert digest in decided[0]
    assert b"+34910000456" in decided[0]
    assert digest in b"".join(each.octets for each in house.certificates(guid))
    for octets in (each.octets for each in house.evidence(guid)):
        assert house.verified(octets).facts


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer.BUSY, "BUSY"),
        (Answer.NO_ANSWER, "NO_ANSWER"),
        (Answer.MACHINE, "MACHINE"),
        (Answer.FAILED, "OTHER"),
    ],
)
def test_tried_and_not_held(small_house: House, answer: Answer, failure: str) -> None:
    """Who is called does not answer: state 12, and evidence of the attempt and its reason; no recording."""
    house = small_house
    voice(house).answer = answer
    guid = house.submit(call()).guid
    house.drain()
    assert house.state(guid) == (12, Result.NOTICE_FAILED)
    assert {"CallAttempted", "CallNotHeld"} <= {*evidence(house, guid)}
    [decided] = [dict(each.details) for each in house.events(guid) if each.kind == "DECIDED_ALL"]
    assert (decided["failure"], decided["attempts"]) == (failure, "1")
    assert "BRIDGE_RECORDED" not in house.kinds(guid)


def test_tried_again_as_often_as_asked_and_no_more(small_house: House) -> None:
    """Two attempts, five minutes apart, each with its own evidence; the second one is answered."""
    house = small_house
    voice(house).answer = Answer.BUSY
    guid = house.submit(call(attempts=2)).guid
    house.drain()
    assert house.state(guid)[0] == 3
    house.wait(4 * MINUTE)
    assert len(calls(house, guid)) == 1
    voice(house).answer = Answer.ACCEPT
    house.wait(2 * MINUTE)
    assert len(calls(house, guid)) == 2
    assert house.state(guid) == (12, Result.COMPLETED)
    assert evidence(house, guid).count("CallAttempted") == 1


@pytest.mark.parametrize("death", ["die_after", "die_before"])
def test_a_call_of_unknown_fate_is_not_placed_again(small_house: House, death: str) -> None:
    """The worker dies with the call in hand: nobody dials again; without any word it ends with its time, as
    not held, and a word that comes in time ends it as held."""
    house = small_house
    provider = Scripted(house, Channel.VOICE)
    provider.script = [getattr(provider, death)] * 2
    lost, told = house.submit(call()).guid, house.submit(call()).guid
    house.drain()
    house.wait(2 * MINUTE)
    house.wait(20 * MINUTE)
    assert len(calls(house, lost)) == 1
    assert "BRIDGE_NOT_PLACED" in house.kinds(lost)
    if death == "die_before":
        events = bridging.events(house.tech, house.system.channels.receive)
        [name] = calls(house, told)
        now = house.clock.now()
        for leg in Leg:
            events(CallEvent(name, now, CallState.ANSWERED, leg=leg))
        events(CallEvent(name, now, CallState.ENDED, 40))
        house.wait(timedelta(hours=2))
    assert house.state(told) == (12, Result.COMPLETED)
    house.clock.advance(timedelta(days=16))
    house.expire()
    house.drain()
    expected = Result.EXPIRED if death == "die_before" else Result.COMPLETED
    assert house.state(lost) == (12, expected)
    assert len(provider.sent) == (0 if death == "die_before" else 2)


def test_without_a_recording_it_is_said_that_there_is_none(small_house: House) -> None:
    """The provider loses it: an hour later the call is certified by what is known of it, and not before."""
    house = small_house
    provider = Scripted(house, Channel.VOICE)
    provider.script = [lambda _message: Receipt(Outcome.ACCEPTED, house.clock.now(), "CA1")]
    guid = house.submit(call()).guid
    house.drain()
    events = bridging.events(house.tech, house.system.channels.receive)
    [name] = calls(house, guid)
    events(CallEvent(name, house.clock.now(), CallState.ENDED, 12, recording="lost"))
    house.wait(timedelta(minutes=59))
    assert house.state(guid)[0] == 3
    house.wait(timedelta(minutes=2))
    assert house.state(guid) == (12, Result.COMPLETED)
    [decided] = [dict(each.details) for each in house.events(guid) if each.kind == "DECIDED_ALL"]
    assert (decided["recording_sha256"], decided["seconds"]) == ("-", "12")


def test_people_who_speak_when_the_time_ends_are_let_to_finish(small_house: House) -> None:
    """`time_to_close` passes during the call: it is no expiry, and the call ends as held."""
    house = small_house
    provider = Scripted(house, Channel.VOICE)
    provider.script = [provider.die_before]
    guid = house.submit(call(time_to_close="PT30M")).guid
    house.drain()
    house.wait(2 * MINUTE)
    events = bridging.events(house.tech, house.system.channels.receive)
    [name] = calls(house, guid)
    house.clock.advance(25 * MINUTE)
    for leg in Leg:
        events(CallEvent(name, house.clock.now(), CallState.ANSWERED, leg=leg))
    house.clock.advance(20 * MINUTE)
    assert not house.expire()
    events(CallEvent(name, house.clock.now(), CallState.ENDED, 1500))
    assert house.expire()
    house.drain()
    assert house.state(guid) == (12, Result.COMPLETED)


def test_reports_twice_and_in_any_order_say_the_same(small_house: House) -> None:
    """The end before the answers, everything twice: one outcome, each event once."""
    house = small_house
    provider = Scripted(house, Channel.VOICE)
    provider.script = [provider.die_before]
    guid = house.submit(call()).guid
    house.drain()
    house.wait(2 * MINUTE)
    events = bridging.events(house.tech, house.system.channels.receive)
    [name] = calls(house, guid)
    now = house.clock.now()
    told = [
        CallEvent(name, now + MINUTE, CallState.ENDED, 60),
        CallEvent(name, now, CallState.ANSWERED, leg=Leg.CALLED),
        CallEvent(name, now, CallState.ANSWERED, leg=Leg.CALLER),
    ]
    house.clock.advance(2 * MINUTE)
    for event in (*told, *reversed(told)):
        events(event)
    house.wait(timedelta(hours=2))
    assert house.state(guid) == (12, Result.COMPLETED)
    kinds = house.kinds(guid)
    assert (kinds.count("BRIDGE_ANSWERED"), kinds.count("BRIDGE_ENDED")) == (2, 1)
    refused(ErrorKind.CALL_UNKNOWN, events, CallEvent("call-nobody-1.0", now, CallState.ENDED))


def test_a_call_in_is_expected_and_then_put_through(small_house: House) -> None:
    """The caller rings the gateway's number: the local provider plays them, and it ends the same."""
    house = small_house
    guid = house.submit(call(way="CALL_IN")).guid
    house.drain()
    assert house.state(guid) == (12, Result.COMPLETED)
    [first] = [dict(each.details) for each in house.events(guid) if each.kind == "VALIDATED"]
    assert first["way"] == "CALL_IN"


def test_what_is_no_call_is_refused(small_house: House) -> None:
    """Without a call, with one telephone for both, or with more attempts than the contract has."""
    house = small_house
    without = call().replace(b"BUROVOZ", b"CUSTODY")
    refused(ErrorKind.RULE_BROKEN, house.submit, without)
    refused(ErrorKind.RULE_BROKEN, house.submit, call(called="+34600000123"))
    refused(ErrorKind.SCHEMA_INVALID, house.submit, call(attempts=6))
