"""Codes by call, and by SMS and then by call: who hears them, what a call that nobody heard does, crashes."""

from datetime import timedelta

import pytest

from gateway.adapters.channels.voice import Answer, LocalVoice
from gateway.domain.delivery import Channel, Effect
from gateway.domain.errors import ErrorKind
from gateway.domain.voice import CallEvent, CallState
from tests.couriers import Scripted
from tests.guest import Guest
from tests.house import LEASE, House, refused
from tests.orders import order

PAUSE = timedelta(seconds=21)
CALL_AFTER = timedelta(minutes=2, seconds=1)


def arrived(house: House, method: str, service: str = "CONTRACT_EXPRESS") -> Guest:
    """A recipient who has read the documents, and has asked for no code that signs them yet."""
    guid = house.submit(order(sign_method=method, service=service)).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    return guest


def answering(house: House, answer: Answer) -> None:
    assert isinstance(house.tech.voice, LocalVoice)
    house.tech.voice.answer = answer


def channels(house: House, guid: str) -> list[str]:
    return [each["channel"] for each in house.messages(f"code-{guid}-")]


def calls(house: House, guid: str) -> list[Effect]:
    with house.tech.database.read() as uow:
        return [each for each in uow.effects.of(guid) if each.channel is Channel.VOICE]


def test_a_dictated_code_signs(house: House) -> None:
    """VOICE ends at state 12 by two calls; the evidence tells how the call went that signed."""
    guest = arrived(house, "VOICE", "CONTRACT")
    guest.ask()
    guest.sign()
    house.drain()
    assert house.state(guest.guid) == (12, 7)
    assert channels(house, guest.guid) == ["VOICE", "VOICE"]
    decided = next(each for each in house.events(guest.guid) if each.kind == "DECIDED_ALL")
    told = dict(decided.details)
    assert (told["code_channel"], told["call_outcome"]) == ("VOICE", "ENDED")
    assert told["call_answered_at"]
    kinds = house.kinds(guest.guid)
    assert kinds.count("CALL_ANSWERED") == kinds.count("CALL_ENDED") == 2


@pytest.mark.parametrize("answer", [Answer.BUSY, Answer.NO_ANSWER, Answer.MACHINE, Answer.FAILED])
def test_a_call_that_nobody_heard_voids_its_code(small_house: House, answer: Answer) -> None:
    """The page says so, it counts, and another call may be asked for."""
    house = small_house
    guest = arrived(house, "VOICE")
    answering(house, answer)
    guest.ask()
    status = house.system.request_code.status(guest.session)
    assert status.failed
    assert status.call
    assert status.call.state.unheard
    assert status.sends_left == 2
    refused(ErrorKind.CODE_EXPIRED, guest.sign)
    answering(house, Answer.ACCEPT)
    house.clock.advance(PAUSE)
    guest.ask()
    guest.sign()
    house.drain()
    assert house.state(guest.guid) == (12, 7)


@pytest.mark.parametrize("death", ["die_before", "die_after"])
def test_a_call_whose_fate_is_unknown_is_not_repeated(small_house: House, death: str) -> None:
    """The worker died: the code is void for ever, whatever the provider tells later."""
    house = small_house
    guest = arrived(house, "VOICE")
    voice = Scripted(house, Channel.VOICE)
    voice.script = [getattr(voice, death)]
    guest.ask()
    house.wait(2 * LEASE)
    assert len(voice.sent) == (1 if death == "die_after" else 0)
    assert "CODE_UNKNOWN" in house.kinds(guest.guid)
    typed = guest.code if death == "die_after" else "000000"
    (call,) = calls(house, guest.guid)
    house.system.signing.calls.events(CallEvent(call.id, house.clock.now(), CallState.NO_ANSWER))
    refused(ErrorKind.CODE_EXPIRED, guest.sign, typed)
    guest.ask()
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


def test_the_local_provider_knows_what_it_placed(small_house: House) -> None:
    """A worker died after the call was placed: the provider can tell, so the code is good."""
    house = small_house
    guest = arrived(house, "VOICE")
    guest_code = Scripted(house, Channel.VOICE)
    guest_code.find = guest_code.inner.find  # type: ignore[method-assign]
    guest_code.script = [guest_code.die_after]
    guest.ask()
    house.wait(2 * LEASE)
    guest.sign()
    assert guest_code.sent == [calls(house, guest.guid)[0].id]
    assert house.state(guest.guid) == (10, 7)


def test_an_unused_sms_makes_way_for_a_call(house: House) -> None:
    """SMS_VOICE: two minutes later a call brings another code, and only that one signs."""
    guest = arrived(house, "SMS_VOICE")
    guest.ask()
    by_sms = guest.code
    house.wait(CALL_AFTER)
    assert channels(house, guest.guid) == ["SMS", "VOICE"]
    if by_sms != guest.code:
        refused(ErrorKind.CODE_WRONG, guest.sign, by_sms)
    guest.sign()
    house.drain()
    assert house.state(guest.guid) == (12, 7)


def test_a_used_sms_calls_nobody(small_house: House) -> None:
    """The call is for whoever did not get the SMS; afterwards the telephone stays silent."""
    house = small_house
    guest = arrived(house, "SMS_VOICE", "CONTRACT")
    house.wait(CALL_AFTER)
    guest.ask()
    guest.sign()
    house.wait(CALL_AFTER)
    assert channels(house, guest.guid) == ["SMS", "SMS"]


def test_a_call_on_request_voids_the_sms(small_house: House) -> None:
    """Asked for in the page: the SMS's code is void, limits are shared, and no second call follows."""
    house = small_house
    guest = arrived(house, "SMS_VOICE")
    guest.ask()
    by_sms = guest.code
    refused(ErrorKind.TOO_MANY_ATTEMPTS, lambda: house.system.request_code(guest.session, call=True))
    house.clock.advance(PAUSE)
    assert house.system.request_code.status(guest.session).can_call
    house.system.request_code(guest.session, call=True)
    refused(ErrorKind.CODE_EXPIRED, guest.sign, by_sms)
    house.drain()
    assert house.system.request_code.status(guest.session).sends_left == 1
    house.wait(CALL_AFTER)
    assert channels(house, guest.guid) == ["SMS", "VOICE"]
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


def test_an_sms_of_unknown_fate_calls_nobody_by_itself(small_house: House) -> None:
    """Nothing paid follows a worker's death; the recipient may ask for the call."""
    house = small_house
    guest = arrived(house, "SMS_VOICE")
    sms = Scripted(house, Channel.SMS)
    sms.script = [sms.die_after]
    guest.ask()
    house.wait(2 * LEASE + CALL_AFTER)
    assert channels(house, guest.guid) == ["SMS"]
    house.system.request_code(guest.session, call=True)
    house.drain()
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


def test_a_refused_sms_is_followed_by_a_call_at_once(small_house: House) -> None:
    """An SMS that certainly does not come needs no two minutes."""
    house = small_house
    guest = arrived(house, "SMS_VOICE")
    sms = Scripted(house, Channel.SMS)
    sms.script = [sms.refuse]
    guest.ask()
    assert channels(house, guest.guid) == ["VOICE"]
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


def test_a_worker_that_dies_before_the_call_leaves_one_call(small_house: House) -> None:
    """The task that makes way for the call is run again after a death at its end: one new code, one call."""
    house = small_house
    guest = arrived(house, "SMS_VOICE")
    guest.ask()
    house.clock.advance(CALL_AFTER)
    (task,) = house.claim()
    assert task.kind == "call_instead"
    # The handler's commit was the last thing that its worker did: the task's own end is lost.
    house.system.handlers[task.kind](task)
    house.wait(2 * LEASE)
    assert channels(house, guest.guid) == ["SMS", "VOICE"]


def test_sms_alone_never_calls(small_house: House) -> None:
    """Who signs by SMS cannot ask for a call, for the issuer has not chosen it."""
    guest = arrived(small_house, "SMS")
    guest.ask()
    small_house.clock.advance(PAUSE)
    assert not small_house.system.request_code.status(guest.session).can_call
    refused(ErrorKind.STEP_OUT_OF_ORDER, lambda: small_house.system.request_code(guest.session, call=True))


def test_reports_come_late_twice_and_in_any_order(house: House) -> None:
    """Each is kept once, also after the end, and none takes back what is known; a stranger's is refused."""
    guest = arrived(house, "VOICE")
    voice = Scripted(house, Channel.VOICE)
    guest.ask()
    (call,) = calls(house, guest.guid)
    tell, now = house.system.signing.calls.events, house.clock.now()
    assert not tell(CallEvent(call.id, now, CallState.ENDED, 20))
    assert tell(CallEvent(call.id, now, CallState.BUSY))
    assert not tell(CallEvent(call.id, now, CallState.BUSY))
    guest.sign()
    house.drain()
    assert house.state(guest.guid) == (12, 7)
    count = len(house.evidence(guest.guid))
    assert tell(CallEvent(call.id, now, CallState.MACHINE))
    assert house.kinds(guest.guid).count("CALL_BUSY") == 1
    assert house.kinds(guest.guid)[-1] == "CALL_MACHINE"
    assert (house.state(guest.guid), len(house.evidence(guest.guid))) == ((12, 7), count)
    refused(ErrorKind.CALL_UNKNOWN, tell, CallEvent("code-nobody.0", now, CallState.BUSY))
    assert voice.sent == [call.id]
