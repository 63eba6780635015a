"""NOTIFICATION: accepted or rejected before the content is shown, and every way in which it can end."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.contact import Contact
from gateway.domain.delivery import Channel, Message, Outcome, Receipt
from gateway.domain.errors import ErrorKind
from gateway.domain.results import RecipientState
from gateway.usecases.commands import Reference
from gateway.usecases.ports import Courier
from gateway.usecases.results import Stage
from tests import judges
from tests.guest import Guest
from tests.house import BANK, House, refused
from tests.orders import ANA, LUIS, Person, order

PAUSE = timedelta(seconds=21)
READ = ["ConsignmentAcceptance", "ContentAccessTracking", "ContentHandover"]


def notified(house: House, *people: Person) -> Guest:
    guid = house.submit(order(*people, service="NOTIFICATION", subject="Requerimiento de pago")).guid
    house.drain()
    return house.guest(guid)


@pytest.fixture
def guest(small_house: House) -> Guest:
    """Ana, who has a notification waiting."""
    return notified(small_house)


def ended(guest: Guest, folder: Path, *, hours: int = 0) -> tuple[tuple[int, int], list[str]]:
    """Let so much time pass; state with result, and the events of the evidence behind the notice's."""
    house = guest.house
    house.clock.advance(timedelta(hours=hours))
    house.expire()
    house.drain()
    proof = judges.proven(house, guest.guid, folder / "proof")
    return house.state(guest.guid), proof[3:]


def shut(guest: Guest) -> None:
    """Nothing of the content is shown: neither names nor octets, nor does a page count as shown."""
    consult = guest.house.system.consult
    refused(ErrorKind.STEP_OUT_OF_ORDER, consult.show_documents, guest.session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, consult.read_document, guest.session, 0)
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.house.system.signing.finish_reading, guest.session)
    assert consult.view(guest.session).documents == ()


def test_accepted_and_read(guest: Guest, tmp_path: Path) -> None:
    """6, 8 by the code, the acknowledgement, then the content, and 10 when the recipient has done."""
    house = guest.house
    guest.enter()
    shut(guest)
    house.system.consult.accept_conditions(guest.session)
    shut(guest)
    assert house.state(guest.guid)[0] == 6
    guest.ask()
    assert house.state(guest.guid)[0] == 8
    shut(guest)
    refused(ErrorKind.CODE_WRONG, guest.sign, guest.wrong_code)
    shut(guest)
    guest.sign()
    assert house.system.consult.view(guest.session).stage is Stage.READ
    assert house.state(guest.guid) == (8, 0)
    guest.finish()
    assert house.state(guest.guid) == (10, 7)
    refused(ErrorKind.CLOSED, house.system.consult.view, guest.session)
    state, evidence = ended(guest, tmp_path)
    assert state == (12, 7)
    assert evidence == ["NotificationAccessTracking", *READ]
    reached = [event.state for event in house.events(guest.guid)]
    assert reached == sorted(reached)
    assert 7 not in reached
    text = judges.printed(house, guest.guid, tmp_path)
    assert "NotificaciónCertificadaElectrónica" in text
    assert "fueaceptada,rechazadaonuncaaccedida" in text
    assert "Aceptadaporeldestinatario" in text


def test_the_acknowledgement_is_the_act(guest: Guest) -> None:
    """Its evidence bears the code's audit and the act's time, which is the recipient's in the end."""
    guest.decide()
    house, at = guest.house, guest.house.recipients(guest.guid)[0].acknowledged_at
    house.clock.advance(timedelta(minutes=10))
    guest.finish()
    house.drain()
    [facts] = [
        facts
        for file in house.evidence(guest.guid)
        if (facts := house.verified(file.octets).facts) and facts.event.endswith("ConsignmentAcceptance")
    ]
    assert facts.event_time == at == house.recipients(guest.guid)[0].decided_at
    assert dict(facts.details)["sign_method"] == "SMS"
    assert house.recipients(guest.guid)[0].state is RecipientState.ACCEPTED


@pytest.mark.parametrize("read", [True, False])
def test_accepted_and_left_alone(guest: Guest, tmp_path: Path, read: bool) -> None:
    """Whoever accepted has accepted: an hour later it is closed, and told whether anything was read."""
    guest.decide()
    if read:
        guest.house.system.consult.show_documents(guest.session)
        guest.house.system.consult.show_documents(guest.session)
    state, evidence = ended(guest, tmp_path, hours=1)
    assert state == (12, 7)
    assert evidence == ["NotificationAccessTracking", *READ[: 2 if read else 1]]
    [decided] = [each for each in guest.house.events(guest.guid) if each.kind == "DECIDED_ALL"]
    assert dict(decided.details)["read"] == ("yes" if read else "no")


def test_accepted_just_before_the_end(small_house: House, tmp_path: Path) -> None:
    """time_to_close ends the reading, and never makes an expiry of an acceptance."""
    guid = small_house.submit(order(service="NOTIFICATION", time_to_close="PT1H")).guid
    small_house.drain()
    guest = small_house.guest(guid)
    guest.read()
    small_house.clock.advance(timedelta(minutes=58))
    guest.ask()
    guest.sign()
    state, evidence = ended(guest, tmp_path, hours=1)
    assert state == (12, 7)
    assert evidence[-1] == "ConsignmentAcceptance"


def rejected(guest: Guest) -> None:
    guest.read()
    guest.reject("No la acepto")


def never_accessed(guest: Guest) -> None:
    assert guest.house.state(guest.guid) == (5, 0)


def withdrawn(guest: Guest) -> None:
    guest.read()
    guest.ask()
    guest.house.system.refuse.withdraw(guest.session)


def attempts_spent(guest: Guest) -> None:
    guest.read()
    for _ in range(3):
        guest.ask()
        for _ in range(3):
            refused(ErrorKind.CODE_WRONG, guest.sign, guest.wrong_code)
        guest.house.clock.advance(PAUSE)


def cancelled(guest: Guest) -> None:
    guest.house.cancel(guest.guid, reason="Enviada por error")


@pytest.mark.parametrize(
    ("end", "result", "evidence"),
    [
        (rejected, 8, ["NotificationAccessTracking", "ConsignmentRejection"]),
        (never_accessed, 99906, ["AcceptanceRejectionExpiry"]),
        (Guest.read, 99906, ["NotificationAccessTracking", "AcceptanceRejectionExpiry"]),
        (withdrawn, 99940, ["NotificationAccessTracking", "Withdrawn"]),
        (attempts_spent, 99904, ["NotificationAccessTracking", "CodeAttemptsExceeded"]),
        (cancelled, 99932, ["Cancelled"]),
    ],
    ids=["rejected", "never accessed", "accessed, not answered", "withdrawn", "attempts", "cancelled"],
)
def test_every_other_end(
    guest: Guest, tmp_path: Path, end: Callable[[Guest], None], result: int, evidence: list[str]
) -> None:
    """Each ends at 12 with its own result and evidence, and without anything of the content shown."""
    end(guest)
    state, proof = ended(guest, tmp_path, hours=24 * 15 + 1)
    assert state == (12, result)
    assert proof == evidence
    assert not {"CONSULTED", "DOCUMENT_READ"} & set(guest.house.kinds(guest.guid))


class Refusing(Courier):
    """A channel that reaches nobody."""

    def __init__(self, house: House) -> None:
        self._house = house

    def send(self, message: Message) -> Receipt:
        return Receipt(Outcome.REFUSED, self._house.clock.now(), detail="unknown subscriber")

    def find(self, effect_id: str) -> Receipt | None:
        return None


def test_unreachable(small_house: House, tmp_path: Path) -> None:
    """Nobody could be notified: 99903, and evidence that it was neither accepted nor rejected."""
    small_house.couriers[Channel.SMS] = Refusing(small_house)
    guid = small_house.submit(order(service="NOTIFICATION")).guid
    small_house.drain()
    assert small_house.state(guid) == (12, 99903)
    proof = judges.proven(small_house, guid, tmp_path / "proof")
    assert proof == [
        "SubmissionAcceptance",
        "NotificationForAcceptanceFailure",
        "AcceptanceRejectionExpiry",
    ]


def test_what_was_accepted_cannot_be_refused(guest: Guest) -> None:
    """Neither rejecting nor withdrawing nor a second code is possible once it is acknowledged."""
    guest.decide()
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.reject)
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.house.system.refuse.withdraw, guest.session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.house.system.request_code, guest.session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.sign)


def test_no_message_names_what_was_not_taken(guest: Guest, tmp_path: Path) -> None:
    """Neither the notice, nor the code, nor word of the outcome: a document's name tells of its content."""
    guest.enter()
    guest.house.system.consult.accept_conditions(guest.session)
    guest.house.system.request_code(guest.session)
    guest.house.drain()
    guest.reject()
    ended(guest, tmp_path)
    messages = guest.house.messages()
    assert all(guest.house.messages(f"{kind}-{guest.guid}") for kind in ("notice", "code", "outcome"))
    assert not [each for each in messages if "Contrato.pdf" in each["text"] + each.get("html", "")]


def test_nobody_comes_after_who_acknowledged(guest: Guest) -> None:
    """A contact corrected then would read what another person has accepted."""
    guest.decide()
    correct, contact = guest.house.system.desk.correct.by_issuer, Contact(phone="+34611222333")
    refused(ErrorKind.RECIPIENT_DECIDED, correct, BANK, Reference(guest.guid), 0, contact, "")
    assert guest.house.system.consult.view(guest.session).stage is Stage.READ


def test_cancelled_while_it_is_read(guest: Guest) -> None:
    """The issuer ends the whole, 99932; that the recipient had accepted stays their own outcome."""
    guest.decide()
    cancelled(guest)
    guest.house.drain()
    assert guest.house.state(guest.guid) == (12, 99932)
    [recipient] = guest.house.recipients(guest.guid)
    assert recipient.state is RecipientState.ACCEPTED
    assert recipient.decided_at == recipient.acknowledged_at


def test_nobody_is_reminded_of_what_they_accepted(guest: Guest) -> None:
    """Neither by the issuer nor by the operator's people: a reminder would ask them to accept it."""
    guest.decide()
    house = guest.house
    house.clock.advance(timedelta(minutes=20))
    remind, reference = house.system.desk.remind, Reference(guest.guid)
    refused(ErrorKind.RECIPIENT_DECIDED, remind, BANK, reference, 0, None)
    refused(ErrorKind.STEP_OUT_OF_ORDER, remind, BANK, reference, None, None)


def test_one_of_two_accepts(small_house: House, tmp_path: Path) -> None:
    """The other one lets time run out: 16, with evidence for each of them."""
    guest = notified(small_house, ANA, LUIS)
    guest.decide()
    state, _ = ended(guest, tmp_path, hours=24 * 15 + 1)
    assert state == (12, 16)
    states = [each.state for each in small_house.recipients(guest.guid)]
    assert states == [RecipientState.ACCEPTED, RecipientState.EXPIRED]
