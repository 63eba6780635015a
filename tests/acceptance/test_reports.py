"""What channels tell afterwards: kept once, in any order, told as evidence, and never moving a state back."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from gateway.domain.delivery import Channel, Outcome, Receipt
from gateway.domain.reports import Failure, Report, ReportKind, Taken
from tests.couriers import Scripted
from tests.custody_samples import closed
from tests.house import House
from tests.orders import Person, order

RAW = b"id:0001 sub:001 dlvrd:001 stat:DELIVRD err:000"


@pytest.fixture
def sms(small_house: House) -> Scripted:
    return Scripted(small_house, Channel.SMS)


def accepted(sms: Scripted, *parts: str, email: bool = False) -> str:
    """A contract whose notice the operator took, by the names of its parts; its GUID."""
    house = sms.house
    sms.script = [lambda message: replace(sms.accept(message), parts=parts)]
    person = Person(notice_method="EMAIL_AND_SMS" if email else "SMS")
    guid = house.submit(order(person)).guid
    house.drain()
    return guid


def report(
    house: House, kind: ReportKind = ReportKind.DELIVERED, name: str = "op-1", **more: object
) -> Report:
    said = {"at": house.clock.now(), "raw": RAW, "media_type": "text/plain", "reference": name} | more
    return Report(Channel.SMS, kind, **said)  # type: ignore[arg-type]


def told(house: House, guid: str) -> list[str]:
    return [each.event.rpartition("/")[2].rpartition(":")[2] for each in house.evidence_of(guid)]


def test_a_receipt_proves_availability(sms: Scripted) -> None:
    """State 5 comes with the operator's receipt, whose digest and both times the evidence tells."""
    house = sms.house
    guid = accepted(sms, "op-1")
    assert house.state(guid)[0] == 4
    at = house.clock.now()
    house.clock.advance(timedelta(minutes=5))
    assert house.system.channels.receive(report(house, at=at)) is Taken.NEWS
    assert house.state(guid)[0] == 5
    house.drain()
    [event] = [each for each in house.events(guid) if each.kind == "DELIVERED"]
    details = dict(event.details)
    assert event.at == at
    assert datetime.fromisoformat(details["received_at"]) >= at + timedelta(minutes=5)
    assert details["raw_sha256"] == sha256(RAW).hexdigest()
    [sealed] = [each for each in house.evidence_of(guid) if each.event.endswith("/NotificationDelivered")]
    assert sealed.event_time == at
    with house.tech.database.read() as uow:
        [row] = uow.reports.of(guid)
        assert house.tech.vault.get(guid, uow.keys.get(guid), row.raw_sha256) == RAW


def test_a_receipt_told_twice_counts_once(sms: Scripted) -> None:
    """An operator that repeats itself changes nothing."""
    house = sms.house
    guid, came = accepted(sms, "op-1"), report(house)
    answers = [house.system.channels.receive(came) for _ in range(3)]
    assert answers == [Taken.NEWS, Taken.KNOWN, Taken.KNOWN]
    assert house.kinds(guid).count("DELIVERED") == 1


def test_every_part_must_arrive(sms: Scripted) -> None:
    """A message of two parts is delivered by the second receipt, in whatever order they come."""
    house = sms.house
    guid = accepted(sms, "op-1", "op-2")
    house.system.channels.receive(report(house, name="op-2"))
    assert house.state(guid)[0] == 4
    house.system.channels.receive(report(house, name="op-1"))
    assert house.state(guid)[0] == 5
    assert house.kinds(guid).count("MESSAGE_PART_DELIVERED") == 1


def test_a_final_failure_ends_who_has_no_other_message(sms: Scripted) -> None:
    """Nobody reached: 99903, with the evidence of the failure and its reason."""
    house = sms.house
    guid = accepted(sms, "op-1")
    house.system.channels.receive(report(house, ReportKind.FAILED, failure=Failure.UNKNOWN_NUMBER))
    house.drain()
    assert house.state(guid) == (12, 99903)
    assert "NotificationForAcceptanceFailure" in told(house, guid)
    [event] = [each for each in house.events(guid) if each.kind == "MESSAGE_FAILED"]
    assert dict(event.details)["failure"] == "UNKNOWN_NUMBER"


def test_a_failure_ends_nobody_whom_another_message_may_reach(sms: Scripted) -> None:
    """The SMS failed, the e-mail is there: the recipient goes on."""
    house = sms.house
    email = Scripted(house, Channel.EMAIL)
    email.script = [email.accept]
    guid = accepted(sms, "op-1", email=True)
    house.system.channels.receive(report(house, ReportKind.FAILED, failure=Failure.PHONE_OFF))
    house.drain()
    assert house.state(guid) == (4, 0)


def test_a_late_receipt_moves_nothing_back(sms: Scripted) -> None:
    """After state 12 it is kept as supplementary evidence; state, result and certificate stay."""
    house = sms.house
    guid = closed(house)
    before = house.certificates(guid)
    with house.tech.database.read() as uow:
        effect = next(each.id for each in uow.effects.of(guid) if each.id.startswith("notice-"))
    for kind in (ReportKind.FAILED, ReportKind.DELIVERED):
        assert house.system.channels.receive(report(house, kind, "", effect=effect)) is Taken.NEWS
    house.drain()
    assert house.state(guid) == (12, 7)
    assert house.certificates(guid) == before
    assert told(house, guid)[-2:] == ["NotificationForAcceptanceFailure", "NotificationDelivered"]
    assert all(each.sealed_sha256 for each in house.evidence_of(guid))


def test_a_receipt_may_be_quicker_than_the_answer(sms: Scripted) -> None:
    """What nobody knows is kept, and found again once the message's name is."""
    house = sms.house
    early = report(house)
    assert house.system.channels.receive(early) is Taken.UNMATCHED
    assert house.system.channels.receive(early) is Taken.UNMATCHED
    assert house.system.channels.receive.match() == 0
    guid = accepted(sms, "op-1")
    assert house.system.channels.receive.match() == 1
    assert house.state(guid)[0] == 5
    with house.tech.database.read() as uow:
        assert not uow.reports.stray(10)


def test_what_is_never_ours_is_given_up_and_forgotten(sms: Scripted) -> None:
    """A report of a stranger's message is kept for support for a while, sealed, and then destroyed."""
    house = sms.house
    house.system.channels.receive(report(house, name="stranger"))
    house.clock.advance(timedelta(days=4))
    house.system.channels.receive.match()
    with house.tech.database.read() as uow:
        [row] = uow.reports.stray(10)
        assert row.given_up
    house.clock.advance(timedelta(days=90))
    house.system.channels.receive.match()
    with house.tech.database.read() as uow:
        assert not uow.reports.stray(10)
        assert uow.keys.find(row.id) is None
    assert not house.tech.vault.held(row.id)


def test_a_receipt_settles_what_was_unknown(sms: Scripted) -> None:
    """A hand-over without an answer is not repeated; the receipt by its mark says that it arrived."""
    house = sms.house
    sms.script = [lambda _message: Receipt(Outcome.UNKNOWN, house.clock.now())]
    guid = house.submit(order()).guid
    house.drain()
    assert house.state(guid)[0] == 3
    with house.tech.database.read() as uow:
        [effect] = uow.effects.of(guid)
    mark = house.tech.codes.message_mark(effect.id)
    assert house.system.channels.receive(report(house, name=mark)) is Taken.NEWS
    house.drain()
    assert house.state(guid)[0] == 5
    assert house.kinds(guid)[-2:] == ["DISPATCHED", "DELIVERED"]


def test_the_receipt_of_a_code_is_evidence_too(sms: Scripted) -> None:
    """That the code reached the telephone is told, and moves nothing."""
    house = sms.house
    guid = house.submit(order()).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    sms.script = [lambda message: replace(sms.accept(message), parts=("code-1",))]
    guest.ask()
    house.drain()
    state = house.state(guid)
    house.system.channels.receive(report(house, name="code-1"))
    assert house.state(guid) == state
    assert "CodeDelivered" in told(house, guid)
