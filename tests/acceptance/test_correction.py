"""A recipient's contact is corrected: the notice goes out anew, and what the former contact holds is dead."""

from gateway.domain.contact import Contact
from gateway.domain.delivery import Channel, Message, Outcome, Receipt
from gateway.domain.errors import ErrorKind
from gateway.usecases.commands import Reference, Session
from gateway.usecases.ports import Courier
from tests.couriers import Scripted
from tests.house import BANK, INSURER, LEASE, House, refused
from tests.orders import ANA, LUIS, Person, order

NEW = Contact(phone="+34611222333")


def correct(house: House, guid: str, contact: Contact = NEW, position: int = 0, reason: str = "typo") -> None:
    house.system.desk.correct.by_issuer(BANK, Reference(guid), position, contact, reason)


def test_the_notice_is_issued_anew(small_house: House) -> None:
    """Another notice, to the new telephone, by another link; the former link is dead at once."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    old = house.link_token(guid)
    correct(house, guid)
    refused(ErrorKind.ACCESS_DENIED, house.system.access.open_link, old)
    house.drain()
    first, second = house.messages(f"notice-{guid}-0-")
    assert (first["address"], second["address"]) == (ANA.phone, NEW.phone)
    assert first["id"] != second["id"]
    assert house.link_token(guid) != old
    house.system.access.open_link(house.link_token(guid))
    assert house.state(guid) == (5, 0)


def test_it_is_evidence(small_house: House) -> None:
    """The evidence states the new contact whole and the former one masked, and names the recipient anew."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    correct(house, guid, Contact(email="ana.garcia@Example.ORG", phone="0034 611 222 333"))
    house.drain()
    assert house.kinds(guid).count("RECIPIENT_CORRECTED") == 1
    files = [each for each in house.evidence(guid) if each.evidence.event.endswith(":RecipientCorrected")]
    facts = house.verified(files[0].octets).facts
    assert facts is not None
    details = dict(facts.details)
    assert details["new_phone"] == NEW.phone
    assert details["new_email"] == "ana.garcia@example.org"
    assert details["old_phone"] == "••• ••• 123"
    assert details["reason"] == "typo"
    assert ANA.phone.encode() not in files[0].octets
    assert ANA.email.encode() not in files[0].octets
    assert facts.recipients[0].electronic_address == "mailto:ana.garcia@example.org"


def test_the_right_person_signs_and_is_certified(small_house: House) -> None:
    """A code went astray: the right person begins anew, and the certificate tells both numbers apart."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    guest.ask()
    stray, session = house.code(guid), guest.session
    correct(house, guid)
    house.drain()
    assert house.state(guid) == (8, 0)
    refused(ErrorKind.ACCESS_DENIED, house.system.sign.sign, session, stray)
    fresh = house.guest(guid).enter()
    assert fresh == Session(guid, 0, 1)
    refused(ErrorKind.STEP_OUT_OF_ORDER, house.system.sign.sign, fresh, stray)
    house.system.consult.accept_conditions(fresh)
    refused(ErrorKind.CODE_EXPIRED, house.system.sign.sign, fresh, stray)
    house.system.consult.read_document(fresh, 0)
    house.system.request_code(fresh)
    house.drain()
    assert house.messages(f"code-{guid}-")[-1]["address"] == NEW.phone
    house.system.sign.sign(fresh, house.code(guid))
    house.drain()
    assert house.state(guid) == (12, 7)
    xml = next(file.octets for file in house.certificates(guid) if file.media_type.endswith("xml")).decode()
    assert "••• ••• 123" in xml
    assert "••• ••• 333" in xml
    assert ANA.phone not in xml


def test_every_code_counts_from_the_correction(small_house: House) -> None:
    """Codes that a stranger used up do not keep the right person from getting their own."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    for _ in range(house.settings.codes.sends):
        guest.ask()
        house.wait(house.settings.codes.pause * 2)
    refused(ErrorKind.CODE_RESENDS_EXCEEDED, house.system.request_code, guest.session)
    correct(house, guid)
    house.drain()
    fresh = house.guest(guid).enter()
    house.system.consult.accept_conditions(fresh)
    house.system.request_code(fresh)


def test_a_lost_answer_may_be_asked_again(small_house: House) -> None:
    """The same correction a second time changes nothing, sends nothing and answers the same."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    once = house.system.desk.correct.by_issuer(BANK, Reference(guid), 0, NEW, "typo")
    again = house.system.desk.correct.by_issuer(BANK, Reference(guid), 0, NEW, "typo")
    house.drain()
    assert once == again
    assert len(house.messages(f"notice-{guid}-0-")) == 2
    assert house.kinds(guid).count("RECIPIENT_CORRECTED") == 1


def test_what_is_refused(small_house: House) -> None:
    """Nothing new, no such recipient, no such number, whoever decided, and what is closed."""
    house = small_house
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    refused(ErrorKind.NOTHING_TO_CHANGE, correct, house, guid, Contact(phone=ANA.phone))
    refused(ErrorKind.NOTHING_TO_CHANGE, correct, house, guid, Contact())
    refused(ErrorKind.RECIPIENT_NOT_FOUND, correct, house, guid, NEW, 2)
    for wrong in (Contact(phone="6112"), Contact(phone="+3461122233399")):
        refused(ErrorKind.PHONE_IMPOSSIBLE, correct, house, guid, wrong)
    for wrong in (Contact(email="nobody"), Contact(email="a@b@c")):
        refused(ErrorKind.CONTACT_INVALID, correct, house, guid, wrong)
    house.guest(guid).decide()
    refused(ErrorKind.RECIPIENT_DECIDED, correct, house, guid)
    house.cancel(guid)
    refused(ErrorKind.CLOSED, correct, house, guid, NEW, 1)


def test_before_the_first_notice_only_one_goes_out(small_house: House) -> None:
    """Corrected while the notice still waits in its queue: one notice, to the right number."""
    house = small_house
    guid = house.submit().guid
    correct(house, guid)
    house.drain()
    assert [each["address"] for each in house.messages("notice-")] == [NEW.phone]
    guid = house.submit().guid
    while house.state(guid)[0] < 3:
        house.run(*house.claim(1))
    correct(house, guid)
    house.drain()
    assert [each["address"] for each in house.messages(f"notice-{guid}")] == [NEW.phone]


def test_whose_turn_comes_later_is_told_then(small_house: House) -> None:
    """A correction tells nobody out of turn; the notice goes to the corrected number once it is due."""
    house = small_house
    second = Person("Luis", "00000000T", order=2, phone="+34600000456")
    guid = house.submit(order(ANA, second)).guid
    house.drain()
    correct(house, guid, NEW, 1)
    house.drain()
    assert not house.messages(f"notice-{guid}-1-")
    house.guest(guid).decide()
    house.drain()
    assert [each["address"] for each in house.messages(f"notice-{guid}-1-")] == [NEW.phone]


def test_a_stray_result_proves_nothing_of_the_new_contact(small_house: House) -> None:
    """The hand-over to the former number was under way: its result is kept, without evidence."""
    house = small_house
    guid = house.submit().guid
    while house.state(guid)[0] < 3:
        house.run(*house.claim(1))
    real = house.couriers[Channel.SMS]

    class Overtaken(Courier):
        """Meanwhile the issuer corrects the number."""

        def send(self, message: Message) -> Receipt:
            if message.address == ANA.phone:
                correct(house, guid)
            return real.send(message)

        def find(self, message_id: str) -> Receipt | None:
            return real.find(message_id)

    house.couriers[Channel.SMS] = Overtaken()
    house.drain()
    kinds = house.kinds(guid)
    assert kinds.index("NOTICE_OUTDATED") < kinds.index("DISPATCHED")
    assert [each["address"] for each in house.messages(f"notice-{guid}")] == [ANA.phone, NEW.phone]


def test_a_worker_died_and_the_number_was_corrected(small_house: House) -> None:
    """What is known of the stray notice is kept once its lease ends, and it is not repeated."""
    house = small_house
    sms = Scripted(house, Channel.SMS)
    sms.script = [sms.die_after]
    guid = house.submit().guid
    house.drain()
    correct(house, guid)
    house.drain()
    house.wait(2 * LEASE)
    with house.tech.database.read() as uow:
        effects = uow.effects.of(guid)
    assert [each.outcome for each in effects] == [Outcome.UNKNOWN, Outcome.DELIVERED]
    assert [each.address for each in effects] == [ANA.phone, NEW.phone]
    assert house.kinds(guid).count("NOTICE_OUTDATED") == 1
    assert len(sms.sent) == 2


def test_anothers_recipient_is_never_corrected(small_house: House) -> None:
    guid = small_house.submit().guid
    update = small_house.system.desk.correct.by_issuer
    refused(ErrorKind.NOT_FOUND, update, INSURER, Reference(guid), 0, NEW, "x")


def test_a_number_is_kept_as_messages_go_there(small_house: House) -> None:
    """Whoever types it may leave the country code out, and put spaces in."""
    guid = small_house.submit(order(ANA)).guid
    correct(small_house, guid, Contact(phone="611 222 333"))
    assert small_house.recipients(guid)[0].asked.phone == NEW.phone


def test_a_number_that_cannot_exist_is_refused_at_submit(small_house: House) -> None:
    """By its own code; one with a trunk zero is kept without it, and a retry is still the same submission."""
    refused(ErrorKind.PHONE_IMPOSSIBLE, small_house.submit, order(Person(phone="+34600000123456")))
    octets = order(Person(phone="+4402079460018"))
    guid = small_house.submit(octets).guid
    assert small_house.submit(octets).guid == guid
    assert small_house.recipients(guid)[0].asked.phone == "+442079460018"
