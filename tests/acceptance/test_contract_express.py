"""CONTRACT_EXPRESS from Submit to state 12: one code, one signature, evidence of every milestone."""

from datetime import timedelta

from gateway.domain.errors import ErrorKind
from gateway.domain.record import EvidenceStatus
from gateway.domain.results import RecipientState
from tests.house import House, refused
from tests.orders import Person, order

MILESTONES = [
    "SubmissionAcceptance",
    "NotificationForAcceptance",
    "NotificationDelivered",
    "NotificationAccessTracking",
    "ContentAccessTracking",
    "ContentHandover",
    "Signed",
]


def test_from_submit_to_closed(house: House) -> None:
    """A signed contract ends in state 12 with result 7, and no task is left or dead."""
    guid = house.submit().guid
    assert house.state(guid) == (1, 0)
    house.drain()
    assert house.state(guid) == (5, 0)
    guest = house.guest(guid)
    guest.decide()
    assert house.state(guid) == (10, 7)
    house.drain()
    assert house.state(guid) == (12, 7)
    assert house.kinds(guid)[-3:] == ["CERTIFIED", "OUTCOME_SENT", "PACKED"]
    assert house.recipients(guid)[0].state is RecipientState.SIGNED
    assert not house.system.support.dead_tasks(10)
    assert house.drain() == 0


def test_each_milestone_has_its_evidence(house: House) -> None:
    """Every milestone of the product's table leaves one sealed evidence, in the order of what happened."""
    guid = house.submit().guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    evidence = [file.evidence for file in house.evidence(guid)]
    assert [each.event.value.replace("/", ":").split(":")[-1] for each in evidence] == MILESTONES
    assert all(each.status is EvidenceStatus.SEALED for each in evidence)


def test_states_are_reached_one_after_the_other(small_house: House) -> None:
    """The transaction's state follows what the recipient does, act by act."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.enter()
    assert house.state(guid)[0] == 6
    house.system.consult.accept_conditions(guest.session)
    house.system.consult.show_documents(guest.session)
    assert house.state(guid)[0] == 7
    house.system.request_code(guest.session)
    assert house.state(guid)[0] == 8
    house.drain()
    guest.sign()
    assert house.state(guid)[0] == 10
    reached = [event.state for event in house.events(guid)]
    assert reached == sorted(reached)


def test_a_downloaded_document_was_consulted(small_house: House) -> None:
    """Reading a document without its page leads to state 7 as well: it was shown or downloaded."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    session = guest.enter()
    house.system.consult.accept_conditions(session)
    assert house.system.consult.read_document(session, 0).octets.startswith(b"%PDF")
    assert house.state(guid)[0] == 7


def test_no_step_can_be_left_out(small_house: House) -> None:
    """Without conditions no document, without documents no code, without a code no signature."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    session = guest.enter()
    consult = house.system.consult
    refused(ErrorKind.STEP_OUT_OF_ORDER, consult.show_documents, session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, consult.read_document, session, 0)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.request_code, session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.sign.sign, session, "000000")
    house.system.consult.accept_conditions(session)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.request_code, session)


def test_by_email_and_sms_both_notices_lead_to_the_same_place(small_house: House) -> None:
    """EMAIL_AND_SMS sends two messages with one link."""
    house = small_house
    guid = house.submit(order(Person(notice_method="EMAIL_AND_SMS"))).guid
    house.drain()
    messages = house.messages("notice-")
    assert [message["channel"] for message in messages] == ["EMAIL", "SMS"]
    token = house.link_token(guid)
    assert all(f"/a/{token}" in message["text"] for message in messages)


def test_nothing_is_sent_before_send_at(small_house: House) -> None:
    """`send_at` delays the notice; documents are stamped and sealed meanwhile."""
    house = small_house
    start = house.clock.now() + timedelta(days=2)
    guid = house.submit(order(send_at=start.isoformat(timespec="seconds"))).guid
    house.drain()
    assert house.state(guid) == (3, 0)
    assert not house.messages()
    house.wait(timedelta(days=2))
    assert house.state(guid) == (5, 0)


def test_the_act_ends_before_time_to_close(small_house: House) -> None:
    """At `time_to_close` sharp the recipient is too late, even while the expiry has not fired yet."""
    house = small_house
    guid = house.submit(order(time_to_close="PT1H")).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    house.clock.advance(timedelta(minutes=59))
    guest.ask()
    code = guest.code
    house.clock.advance(timedelta(minutes=1, seconds=1))
    refused(ErrorKind.CLOSED, guest.sign, code)
