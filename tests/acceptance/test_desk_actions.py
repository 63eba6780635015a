"""What the operator's people do: each by permission, with a reason, told to the audit log, and once."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from gateway.domain.audit import AuditEntry
from gateway.domain.cancellation import CancelCode
from gateway.domain.contact import Contact, ContactKind, normal
from gateway.domain.delivery import Channel, Outcome
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.retention import Duration
from gateway.domain.staff import Acting, Person, Role
from gateway.usecases.commands import Reference
from gateway.usecases.desk.staff import word_of
from tests.couriers import Scripted
from tests.house import BANK, INSURER, House, refused
from tests.orders import ANA, EVA, LUIS, order
from tests.orders import Person as Recipient

EVE = Person("p-1", "eve", "Eve", Role.SUPERVISOR)
WHY = Acting(EVE, "A stranger called from +34 600 000 123, ana@example.org: not me")
AUDITOR = Acting(Person("p-2", "aud", "Aud", Role.AUDITOR), "looking")
NEW = Contact(phone="+34611222333")
PHONE = ContactKind.PHONE


def audited(house: House) -> Sequence[AuditEntry]:
    with house.tech.database.read() as uow:
        return [each for node in uow.audit.nodes() for each in uow.audit.entries(node, 0, 1000)]


def notified(house: House, *people: Recipient) -> str:
    guid = house.submit(order(*people)).guid
    house.drain()
    return guid


ACTIONS: dict[str, Callable[[House, Acting, str], object]] = {
    "notice-resent": lambda house, acting, guid: house.system.desk.resend(acting, guid, 0, "t-1"),
    "recipient-corrected": lambda house, acting, guid: house.system.desk.correct.by_staff(
        acting, guid, 0, NEW
    ),
    "contact-blocked": lambda house, acting, guid: house.system.desk.block(acting, guid, 0, PHONE),
    "transaction-cancelled": lambda house, acting, guid: house.system.desk.close(
        acting, guid, CancelCode.WRONG_RECIPIENT, "Not theirs"
    ),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_each_is_permitted_reasoned_and_audited(house: House, action: str) -> None:
    """Nobody without the permission or without a reason; one audit row with who and why, without numbers."""
    guid, act = notified(house), ACTIONS[action]
    before = len(audited(house))
    refused(ErrorKind.ACCESS_DENIED, act, house, AUDITOR, guid)
    refused(ErrorKind.RULE_BROKEN, act, house, Acting(EVE, " "), guid)
    refused(ErrorKind.NOT_FOUND, act, house, WHY, "000001-0001-000000000000099.par")
    assert len(audited(house)) == before
    assert act(house, WHY, guid)
    (entry,) = audited(house)[before:]
    assert entry.action == action
    assert entry.subject.startswith(guid)
    assert entry.subject.endswith(":eve")
    assert "stranger-called-from" in entry.details
    for personal in ("600", "123", "ana", "example"):
        assert personal not in entry.details


def test_a_notice_again_once_for_each_token(small_house: House) -> None:
    """The same link by another message; a form that is sent twice costs once."""
    house = small_house
    guid = notified(house)
    link, resend = house.link_token(guid), house.system.desk.resend
    assert resend(WHY, guid, 0, "form-1")
    assert not resend(WHY, guid, 0, "form-1")
    house.drain()
    assert len(house.messages(f"notice-{guid}-0-")) == 2
    assert resend(WHY, guid, 0, "form-2")
    house.drain()
    assert len({each["id"] for each in house.messages(f"notice-{guid}-0-")}) == 3
    assert house.link_token(guid) == link
    assert house.kinds(guid).count("NOTICE_AGAIN") == 2


def test_an_unknown_notice_is_sent_again_by_a_person_only(small_house: House) -> None:
    """The relay's answer was lost: nothing by itself, one more message when somebody says so."""
    house = small_house
    sms = Scripted(house, Channel.SMS)
    sms.script = [sms.die_after]
    guid = house.submit().guid
    house.drain()
    house.wait(timedelta(hours=1))
    assert len(sms.sent) == 1
    with house.tech.database.read() as uow:
        assert [each.outcome for each in uow.effects.of(guid)] == [Outcome.UNKNOWN]
    house.system.desk.resend(WHY, guid, 0, "form")
    house.drain()
    assert len(sms.sent) == 2
    assert house.state(guid)[0] == 5


def test_not_out_of_turn(small_house: House) -> None:
    """Whose turn has not come is told by nobody."""
    second = Recipient("Luis", "00000000T", order=2, phone="+34600000456")
    guid = notified(small_house, ANA, second)
    refused(ErrorKind.STEP_OUT_OF_ORDER, small_house.system.desk.resend, WHY, guid, 1, "t")


def test_a_blocked_contact_is_never_written_to_again(small_house: House) -> None:
    """By no later transaction of any issuer: the notice is refused, the recipient unreachable."""
    house = small_house
    guid = notified(house)
    guest = house.guest(guid)
    guest.read()
    assert house.system.desk.block(WHY, guid, 0, PHONE)
    assert not house.system.desk.block(WHY, guid, 0, PHONE)
    house.system.request_code(guest.session)
    house.drain()
    assert not house.messages("code-")
    assert house.kinds(guid)[-1] == "CODE_NOT_SENT"
    later = house.submit(order(external_id="later"), INSURER).guid
    house.drain()
    assert not house.messages(f"notice-{later}")
    assert house.state(later) == (12, 99903)
    assert "NOTICE_REFUSED" in house.kinds(later)
    files = [each for each in house.evidence(guid) if each.evidence.event.endswith(":ContactBlocked")]
    facts = house.verified(files[0].octets).facts
    assert facts is not None
    assert dict(facts.details)["contact"] == "••• ••• 123"
    refused(
        ErrorKind.CONTACT_BLOCKED,
        house.system.desk.correct.by_issuer,
        BANK,
        Reference(notified(house, LUIS)),
        0,
        Contact(phone=ANA.phone),
        "x",
    )


def test_a_stranger_reports_a_wrong_number(house: House) -> None:
    """Corrected and the former number blocked, together or not at all; what was right stays allowed."""
    guid = notified(house)
    before = audited(house)
    correct, wrong = house.system.desk.correct.by_staff, Contact(phone="not a number")
    with pytest.raises(GatewayError) as invalid:
        correct(WHY, guid, 0, wrong, block_former=True)
    assert invalid.value.kind is ErrorKind.PHONE_IMPOSSIBLE
    assert audited(house) == before
    correct(WHY, guid, 0, NEW, block_former=True)
    house.drain()
    rows = [(row.action, row.subject) for row in audited(house)[len(before) :]]
    assert rows == [
        ("contact-blocked", f"{guid}:1:PHONE:everywhere:eve"),
        ("recipient-corrected", f"{guid}:1:eve"),
    ]
    assert house.messages()[-1]["address"] == NEW.phone
    with house.tech.database.read() as uow:
        assert uow.blocks.blocked(PHONE, ANA.phone, "another")
        assert not uow.blocks.blocked(ContactKind.EMAIL, ANA.email, guid)
        assert not uow.blocks.blocked(PHONE, NEW.phone, guid)


def test_blocked_in_one_transaction_only_and_lifted(small_house: House) -> None:
    """A block may be of one transaction; once lifted, messages reach the contact again."""
    house, block = small_house, small_house.system.desk.block
    guid = notified(house)
    assert block(WHY, guid, 0, PHONE, everywhere=False)
    assert block.blocked(guid, 0, PHONE)
    other = notified(house)
    assert house.messages(f"notice-{other}")
    assert not block.unblock(WHY, guid, 0, PHONE)
    assert block.unblock(WHY, guid, 0, PHONE, everywhere=False)
    assert not block.blocked(guid, 0, PHONE)
    assert house.kinds(guid)[-1] == "CONTACT_UNBLOCKED"


def test_blocked_after_the_end_leaves_certificate_and_pack_alone(small_house: House) -> None:
    """Strangers complain late: an event, and no evidence that nobody certified."""
    house = small_house
    guid = notified(house)
    house.guest(guid).decide()
    house.drain()
    count = len(house.evidence(guid))
    house.system.desk.block(WHY, guid, 0, PHONE)
    house.drain()
    assert house.kinds(guid)[-1] == "CONTACT_BLOCKED"
    assert len(house.evidence(guid)) == count


def test_closed_by_the_operator(small_house: House) -> None:
    """Result 99990, with evidence and certificate that say who, which cause and why in both languages."""
    house = small_house
    guid = notified(house)
    house.system.desk.close(WHY, guid, CancelCode.LEGAL_ORDER, "Orden 1/2026")
    house.drain()
    assert house.state(guid) == (12, 99990)
    file = next(each for each in house.evidence(guid) if each.evidence.event.endswith(":ClosedByOperator"))
    facts = house.verified(file.octets).facts
    assert facts is not None
    assert dict(facts.details) == {"reason_code": "LEGAL_ORDER", "reason": "Orden 1/2026", "by": "eve"}
    xml = next(each.octets for each in house.certificates(guid) if each.media_type.endswith("xml")).decode()
    assert "LEGAL_ORDER" in xml
    assert "Cerrada por el operador" in xml
    refused(ErrorKind.CLOSED, house.system.desk.close, WHY, guid, CancelCode.OTHER, "")


def test_custody_is_extended_once_for_each_token(small_house: House) -> None:
    """By who may extend only; the second click gives the first extension again."""
    house = small_house
    guid = notified(house)
    support = Acting(Person("p-3", "sam", "Sam", Role.SUPPORT), "asked by phone")
    extend, year = house.system.desk.extend, Duration(months=12)
    refused(ErrorKind.ACCESS_DENIED, extend, support, guid, year)
    refused(ErrorKind.NOT_YET_THERE, extend, WHY, guid, year)
    house.guest(guid).decide()
    house.drain()
    assert extend(WHY, guid, year, "form") == extend(WHY, guid, year, "form")
    assert [each.action for each in audited(house)].count("custody-extended") == 1


def test_a_dead_task_is_tried_again(small_house: House) -> None:
    """Only a dead one, with an audit row; living and unknown ones are left alone."""
    house = small_house
    guid = house.submit().guid
    (task,) = house.claim(1)
    retry = house.system.desk.retry_task
    assert not retry(WHY, task.id)
    with house.tech.database.write() as uow:
        assert uow.tasks.bury(task, "broken")
        uow.commit()
    assert retry(WHY, task.id)
    assert audited(house)[-1].subject == f"{task.id}:eve"
    house.drain()
    assert house.state(guid)[0] == 5


def test_reminders(small_house: House) -> None:
    """By the issuer: not twice within ten minutes, everybody whose turn it is, by the notice's channel."""
    house, remind = small_house, small_house.system.desk.remind
    guid = house.submit(order(ANA, LUIS, EVA)).guid
    reference = Reference(guid)
    refused(ErrorKind.STEP_OUT_OF_ORDER, remind, BANK, reference, None, None)
    house.drain()
    house.guest(guid, 1).decide()
    assert remind(BANK, reference, None, None) == [0, 2]
    house.drain()
    assert len(house.messages("notice-")) == 3
    house.wait(timedelta(minutes=11))
    assert remind(BANK, reference, None, Channel.SMS) == [0, 2]
    assert remind(BANK, reference, 0, None) == [0]
    house.drain()
    assert len(house.messages("notice-")) == 5
    refused(ErrorKind.CHANNEL_UNREACHABLE, remind, BANK, reference, 0, Channel.POSTAL)
    refused(ErrorKind.RECIPIENT_DECIDED, remind, BANK, reference, 1, None)
    refused(ErrorKind.RECIPIENT_NOT_FOUND, remind, BANK, reference, 7, None)
    refused(ErrorKind.NOT_FOUND, remind, INSURER, reference, None, None)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("Número equivocado", "Numero-equivocado"),
        ("call +34 600-111-222 now", "call-x-now"),
        ("ask jo.doe@example.org", "ask-x"),
        ("¡¿?!", "none"),
        ("x" * 300, "x" * 100),
        ("a\nb=c;d", "a-b-c-d"),
    ],
)
def test_reasons_enter_the_log_as_one_word(reason: str, word: str) -> None:
    """Whatever is typed: one opaque word, without addresses and long numbers."""
    assert word_of(reason) == word


def test_errors_carry_no_contact() -> None:
    """What is refused is not told again: details are shown to callers and logged."""
    with pytest.raises(GatewayError) as caught:
        normal(Contact(phone="+34x99"))
    assert "99" not in str(caught.value)
