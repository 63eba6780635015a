"""COMMUNICATION: read without any act, and every way in which it ends when its time is over."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.delivery import Channel, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.reports import Failure, Report, ReportKind
from gateway.usecases.results import Stage
from tests import judges
from tests.browser.customer import Customer
from tests.couriers import Scripted
from tests.guest import Guest
from tests.house import House, refused
from tests.orders import ANA, EVA, LUIS, Person, order

DAYS = 15


def sent(house: House, *people: Person) -> str:
    guid = house.submit(order(*people, service="COMMUNICATION", subject="Cambio de condiciones")).guid
    house.drain()
    return guid


def over(house: House, guid: str) -> None:
    """Let the time to close pass, with the clock's permitted offset."""
    house.clock.advance(timedelta(days=DAYS) + timedelta(seconds=30))
    house.expire()
    house.drain()


def ending(house: House, guid: str) -> tuple[tuple[int, int], list[tuple[str, int, str]]]:
    """State with result, then each recipient's state, result and the event of the evidence that sums up."""
    ended = [each for each in house.events(guid) if each.kind in {"DECIDED_SOME", "DECIDED_ALL"}]
    proofs = {each.position: each.id for each in ended}
    names = {file.evidence.id: file.evidence.event for file in house.evidence(guid)}
    people = [
        (
            each.state.value,
            int(each.result),
            names[proofs[each.position]].rpartition("/")[2].rpartition(":")[2],
        )
        for each in house.recipients(guid)
    ]
    return house.state(guid), people


def last(house: House, guid: str) -> dict[str, str]:
    return dict([each for each in house.events(guid) if each.kind == "DECIDED_ALL"][-1].details)


def test_read_without_any_act(small_house: House, tmp_path: Path) -> None:
    """6 and 7 by the portal, again as often as one likes; nothing to sign or reject; at the end 12 with 7."""
    house, guest = small_house, Guest(small_house, sent(small_house))
    session = guest.enter()
    assert house.state(guest.guid)[0] == 6
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.consult.read_document, session, 0)
    house.system.consult.accept_conditions(session)
    assert house.system.consult.view(session).stage is Stage.READ
    for _ in range(2):
        house.system.consult.show_documents(session)
        house.system.consult.read_document(session, 0)
    for act in (guest.sign, guest.reject):
        refused(ErrorKind.STEP_OUT_OF_ORDER, act, "123456")
    for step in (house.system.refuse.withdraw, house.system.request_code, house.system.signing.begin):
        refused(ErrorKind.STEP_OUT_OF_ORDER, step, session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.signing.finish_reading, session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.signing.confirm_reading, session)
    assert house.state(guest.guid) == (7, 0)
    over(house, guest.guid)
    refused(ErrorKind.CLOSED, house.system.consult.view, session)
    refused(ErrorKind.CLOSED, guest.enter)
    assert ending(house, guest.guid) == ((12, 7), [("CONSULTED", 7, "CommunicationConcluded")])
    told = last(house, guest.guid)
    assert told["basis"] == "ACCESS"
    assert told["documents_handed_over"] == "1"
    assert all(told[name] > "2" for name in ("sent_at", "available_at", "accessed_at", "consulted_at"))
    assert judges.proven(house, guest.guid, tmp_path / "proof") == [
        "SubmissionAcceptance",
        "RelayToNonERDS",
        "ConsignmentNotification",
        "NotificationAccessTracking",
        "ContentAccessTracking",
        "ContentHandover",
        "CommunicationConcluded",
    ]
    text = judges.printed(house, guest.guid, tmp_path)
    assert "noserecibióonoseabrióenplazo" in text
    assert "CódigoporSMS" not in text


def test_the_pages_ask_for_nothing(small_house: House) -> None:
    """Conditions, then the documents to read, in three steps; no other page opens, and at the end none."""
    reader = Customer(small_house).given(service="COMMUNICATION").accept()
    text = reader.answer.text
    assert "Su comunicación" in text
    assert "Paso 3 de 3" in text
    assert "reject" not in text
    assert "finish" not in text
    for page in ("documents", "sign", "unlock", "form", "reject", "withdraw", "content"):
        assert reader.see(page).answer.request.path.endswith("/content")
    assert reader.see("documents/0?download=1").answer.data.startswith(b"%PDF")
    assert reader.see("documents/0/pages/1").answer.status_code == 200
    over(small_house, reader.guid)
    for page in ("", "content", "documents/0"):
        refusal = reader.see(page).answer
        assert (refusal.status_code, "E000101" in refusal.text) == (403, True)


def test_never_before_the_deadline(small_house: House) -> None:
    """Neither a failure nor an access ends it a moment early, nor does the deadline without its offset."""
    house = small_house
    channel = Scripted(house, Channel.SMS)
    channel.script = [channel.refuse]
    guid = sent(house)
    house.clock.advance(timedelta(days=DAYS) - timedelta(seconds=20))
    house.expire()
    house.drain()
    assert house.state(guid) == (3, 0)
    over(house, guid)
    assert ending(house, guid) == ((12, 99903), [("UNREACHABLE", 99903, "ConsignmentNotificationFailure")])
    assert last(house, guid)["failure"] == "550 no such user"


@pytest.mark.parametrize(
    ("act", "state", "result", "evidence"),
    [
        ("accept", "EXPIRED", 99906, "ConsignmentNotificationFailure"),
        ("deliver", "NOTIFIED", 7, "ContentHandoverFailure"),
    ],
)
def test_never_accessed(small_house: House, act: str, state: str, result: int, evidence: str) -> None:
    """Dispatch alone proves nothing: EXPIRED; available and not opened: 7, with the proof of that."""
    house = small_house
    channel = Scripted(house, Channel.SMS)
    channel.script = [getattr(channel, act)]
    guid = sent(house)
    over(house, guid)
    assert ending(house, guid) == ((12, result), [(state, result, evidence)])
    assert last(house, guid)["accessed_at"] == "-"


def test_several_end_each_by_what_is_proven(small_house: House, tmp_path: Path) -> None:
    """One reads, one is told, one is beyond reach: 16, and each has the evidence of their own end."""
    house = small_house
    channel = Scripted(house, Channel.SMS)
    channel.script = [channel.deliver, channel.deliver, channel.refuse]
    guid = sent(house, ANA, LUIS, EVA)
    Guest(house, guid, 0).enter()
    over(house, guid)
    assert ending(house, guid) == (
        (12, 16),
        [
            ("ACCESSED", 7, "ContentHandoverFailure"),
            ("NOTIFIED", 7, "ContentHandoverFailure"),
            ("UNREACHABLE", 99903, "ConsignmentNotificationFailure"),
        ],
    )
    judges.proven(house, guid, tmp_path / "proof")


def report(house: House, guid: str, kind: ReportKind) -> None:
    """What the operator tells of the notice a minute later."""
    with house.tech.database.read() as uow:
        [effect] = [each.id for each in uow.effects.of(guid) if each.purpose is Purpose.NOTICE]
    house.clock.advance(timedelta(minutes=1))
    failure = Failure.UNKNOWN_NUMBER if kind is ReportKind.FAILED else None
    now = house.clock.now()
    told = Report(Channel.SMS, kind, now, kind.value.encode(), "text/plain", effect=effect, failure=failure)
    house.system.channels.receive(told)
    house.drain()


@pytest.mark.parametrize(
    ("kinds", "result", "basis"),
    [
        ([ReportKind.FAILED], 99903, "FAILURE"),
        ([ReportKind.OPENED], 7, "SIGN_OF_RECEPTION"),
        ([ReportKind.FETCHED], 99906, "NOTHING_PROVEN"),
        ([ReportKind.DELIVERED, ReportKind.FAILED], 99903, "FAILURE"),
        ([ReportKind.FAILED, ReportKind.DELIVERED], 7, "AVAILABILITY"),
    ],
)
def test_reports_decide(small_house: House, kinds: list[ReportKind], result: int, basis: str) -> None:
    """A message's last word counts, a machine's visit for nothing, a person's against non-reception."""
    house = small_house
    channel = Scripted(house, Channel.SMS)
    channel.script = [channel.accept]
    guid = sent(house)
    for kind in kinds:
        report(house, guid, kind)
    over(house, guid)
    assert house.state(guid) == (12, result)
    assert last(house, guid)["basis"] == basis


def test_a_late_receipt_changes_nothing(small_house: House) -> None:
    """After 12 it is kept as an event with evidence; state, result and certificate stay."""
    house = small_house
    channel = Scripted(house, Channel.SMS)
    channel.script = [channel.accept]
    guid = sent(house)
    over(house, guid)
    before = house.certificates(guid)
    report(house, guid, ReportKind.DELIVERED)
    assert house.state(guid) == (12, 99906)
    assert house.certificates(guid) == before
    assert ErdsEvent.CONSIGNMENT_NOTIFICATION in {each.evidence.event for each in house.evidence(guid)}


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ((ANA, Person("Luis", "00000000T", order=2)), "COMMUNICATION has no order"),
        ((Person(rules=(("all", "SIGN", True),)),), "nothing is signed or accepted"),
    ],
)
def test_what_would_need_an_act_is_refused(
    small_house: House, broken: tuple[Person, ...], words: str
) -> None:
    """Nobody decides, so nobody waits for another, and no rule asks for a signature."""
    groups = {"all": [0]} if broken[0].rules else None
    octets = order(*broken, service="COMMUNICATION", groups=groups)
    with pytest.raises(GatewayError, match=words):
        small_house.submit(octets)
