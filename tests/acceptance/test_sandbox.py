"""The sandbox: every outcome without a human, nothing that leaves, and no time that is not true."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.errors import ErrorKind
from gateway.domain.parties import PartyKind, Recipient
from gateway.domain.results import RecipientState
from gateway.domain.retention import Duration
from gateway.domain.sandbox import BY_DIGITS, OF_THE_CHANNEL, Script, act_of, script_of
from gateway.usecases.commands import Reference
from tests.house import BANK, INSURER, House, refused
from tests.mailroom import Mailroom
from tests.orders import ANA, Person, order
from tests.postal_samples import MADRID, letters

TRIED = replace(BANK, sandbox=True)
DAY = Duration(seconds=86400)


def in_sandbox(house: House) -> House:
    house.system.support.set_profile(BANK.number, {"sandbox": True})
    return house


@pytest.fixture
def sandbox(small_house: House) -> House:
    return in_sandbox(small_house)


def phone(script: Script) -> str:
    digits = next(digits for digits, each in BY_DIGITS.items() if each is script)
    return f"+9990000{digits}"


def submit(house: House, script: Script | None = None, service: str = "CONTRACT_EXPRESS", **more: str) -> str:
    person = replace(ANA, phone=phone(script)) if script else ANA
    return house.submit(order(person, service=service, **more), TRIED).guid


def settle(house: House, rounds: int = 12) -> None:
    """Let the recipient act, and the pauses between codes pass."""
    for _ in range(rounds):
        house.drain()
        house.clock.advance(timedelta(seconds=21))
    house.drain()


def drive(house: House, guid: str, script: Script | None = None, by: Duration | None = None) -> list[str]:
    driven = house.system.desk.sandbox.drive(TRIED, Reference(guid), 0, script, by)
    settle(house)
    return [each.id for each in driven.messages]


@pytest.mark.parametrize("service", ["CONTRACT_EXPRESS", "CONTRACT"])
@pytest.mark.parametrize(
    ("script", "state", "result"),
    [
        (Script.DELIVERED, 5, 0),
        (Script.ACCEPTED, 4, 0),
        (Script.BOUNCED, 12, 99903),
        (Script.UNKNOWN, 3, 0),
        (Script.ACCESSED, 6, 0),
        (Script.CONSULTED, 7, 0),
        (Script.SIGNED, 12, 7),
        (Script.REJECTED, 12, 8),
        (Script.WITHDRAWN, 12, 99940),
        (Script.WRONG_IDENTIFIER, 5, 0),
        (Script.CODE_ATTEMPTS_EXCEEDED, 12, 99904),
        (Script.EXPIRED, 12, 99906),
    ],
)
def test_a_recipient_brings_each_outcome_by_itself(
    sandbox: House, service: str, script: Script, state: int, result: int
) -> None:
    """The telephone's last two digits say what happens, through the use cases of the portal."""
    guid = submit(sandbox, script, service)
    settle(sandbox)
    assert sandbox.state(guid) == (state, result)


@pytest.mark.parametrize(
    ("script", "state", "result"),
    [
        (Script.DELIVERED, 5, 7),
        (Script.ACCEPTED, 4, 99906),
        (Script.BOUNCED, 3, 99903),
        (Script.ACCESSED, 6, 7),
        (Script.CONSULTED, 7, 7),
        (Script.SIGNED, 7, 7),
        (Script.REJECTED, 7, 7),
    ],
)
def test_a_communication_ends_by_its_time_alone(
    sandbox: House, script: Script, state: int, result: int
) -> None:
    """Whatever its recipient does or its channel tells, it waits for the end; there is nothing to sign."""
    guid = submit(sandbox, script, "COMMUNICATION")
    settle(sandbox, 2)
    assert sandbox.state(guid) == (state, 0)
    drive(sandbox, guid, Script.EXPIRED)
    assert sandbox.state(guid) == (12, result)


def test_a_receipt_of_a_communication_comes_by_the_door_of_reports(sandbox: House) -> None:
    """It is kept as any channel's, and a bounce after the delivery counts once the time is over."""
    guid = submit(sandbox, Script.ACCEPTED, "COMMUNICATION")
    settle(sandbox, 1)
    drive(sandbox, guid, Script.DELIVERED)
    assert sandbox.state(guid) == (5, 0)
    drive(sandbox, guid, Script.BOUNCED)
    assert sandbox.state(guid) == (5, 0)
    drive(sandbox, guid, Script.EXPIRED)
    assert sandbox.state(guid) == (12, 99903)


@pytest.mark.parametrize(
    ("script", "result"), [(Script.DELIVERED, 7), (Script.REJECTED, 8), (Script.BOUNCED, 99903)]
)
def test_a_letter_ends_as_the_courier_is_made_to_tell(sandbox: House, script: Script, result: int) -> None:
    """Taken by the courier until a report is asked for: delivered, refused by the addressee, or lost."""
    guid = sandbox.submit(letters(MADRID), TRIED).guid
    settle(sandbox, 1)
    assert sandbox.state(guid) == (4, 0)
    drive(sandbox, guid, script)
    assert sandbox.state(guid) == (12, result)


def test_wrong_code_once(sandbox: House) -> None:
    """One wrong try, and the process stays open."""
    guid = submit(sandbox, Script.WRONG_CODE)
    settle(sandbox, 3)
    assert sandbox.kinds(guid).count("CODE_WRONG") == 1
    assert sandbox.state(guid)[0] == 8


def test_scripts_are_found_by_words_and_digits() -> None:
    """Documented addresses and telephones only; a tag makes many of one; an ordinary number means nothing."""
    assert set(BY_DIGITS.values()) == set(Script)
    for script in Script:
        word = script.value.lower().replace("_", "-")
        assert script_of(f"{word}+1@sandbox.example") is script_of(phone(script)) is script
    for ordinary in ("+34600000113", "+99900", "signed@example.org", "nothing@sandbox.example", ""):
        assert script_of(ordinary) is None
    person = Recipient(PartyKind.PERSON, "Ana", email="signed@sandbox.example", phone="+999000014")
    assert act_of(person) is Script.SIGNED
    assert act_of(replace(person, email="bounced@sandbox.example")) is Script.REJECTED
    assert Script.BOUNCED in OF_THE_CHANNEL


@pytest.mark.parametrize(
    ("script", "state", "result"),
    [
        (Script.DELIVERED, 5, 0),
        (Script.BOUNCED, 12, 99903),
        (Script.ACCESSED, 6, 0),
        (Script.CONSULTED, 7, 0),
        (Script.SIGNED, 12, 7),
        (Script.REJECTED, 12, 8),
        (Script.WITHDRAWN, 12, 99940),
        (Script.CODE_ATTEMPTS_EXCEEDED, 12, 99904),
        (Script.EXPIRED, 12, 99906),
    ],
)
def test_an_operation_drives_each_outcome(sandbox: House, script: Script, state: int, result: int) -> None:
    """For an ordinary recipient, whenever the tests say so."""
    guid = submit(sandbox)
    sandbox.drain()
    drive(sandbox, guid, script)
    assert sandbox.state(guid) == (state, result)


def test_step_by_step(sandbox: House) -> None:
    """One transaction is led from one step to the next; each goes on where the last one ended."""
    guid = submit(sandbox, Script.ACCEPTED, "CONTRACT")
    sandbox.drain()
    states = []
    steps = (Script.DELIVERED, Script.ACCESSED, Script.CONSULTED, Script.WRONG_CODE, Script.SIGNED)
    for step in steps:
        drive(sandbox, guid, step)
        states.append(sandbox.state(guid)[0])
    assert states == [5, 6, 7, 8, 12]
    assert "CODE_WRONG" in sandbox.kinds(guid)
    refused(ErrorKind.CLOSED, drive, sandbox, guid, Script.SIGNED)


def test_time_comes_nearer_and_no_evidence_lies(sandbox: House) -> None:
    """The end is moved, an event says by how much, every stated time is the clock's, and the code dies."""
    guid = submit(sandbox)
    sandbox.drain()
    drive(sandbox, guid, Script.CONSULTED)
    guest = sandbox.guest(guid)
    before = sandbox.status(guid).record.close_at
    drive(sandbox, guid, by=DAY)
    assert sandbox.status(guid).record.close_at == before - timedelta(days=1)
    event = next(each for each in sandbox.events(guid) if each.kind == "SANDBOX_ADVANCED")
    assert ("simulated_seconds", "86400") in event.details
    drive(sandbox, guid, by=Duration(seconds=15 * 86400))
    assert sandbox.state(guid) == (12, 99906)
    assert all(each.at <= sandbox.clock.now() for each in sandbox.events(guid))
    for file in sandbox.evidence(guid):
        assert abs(file.evidence.event_time - sandbox.clock.now()) < timedelta(hours=1)
    refused(ErrorKind.CLOSED, sandbox.system.consult.view, guest.session)


def test_a_code_dies_when_its_life_is_brought_forward(sandbox: House) -> None:
    guid = submit(sandbox)
    sandbox.drain()
    drive(sandbox, guid, Script.CONSULTED)
    session = sandbox.guest(guid).session
    sandbox.system.request_code(session)
    sandbox.drain()
    sandbox.system.desk.sandbox.drive(TRIED, Reference(guid), 0, None, Duration(seconds=3600))
    refused(ErrorKind.CODE_EXPIRED, sandbox.system.sign.sign, session, "000000")


def test_what_would_have_been_sent_is_told(sandbox: House) -> None:
    """Link and code, to the issuer's own tests; nothing was written to any channel's outbox."""
    guid = submit(sandbox, Script.SIGNED)
    settle(sandbox)
    driven = sandbox.system.desk.sandbox.drive(TRIED, Reference(guid), 0, None, None)
    assert [each.id.partition("-")[0] for each in driven.messages] == ["notice", "code", "outcome"]
    assert "/a/" in driven.messages[0].text
    assert not sandbox.messages()


def test_for_the_sandbox_only(small_house: House) -> None:
    """Real issuers are refused, and real transactions of one that became a sandbox; others' are none."""
    house = small_house
    real = house.submit().guid
    house.drain()
    drive_ = house.system.desk.sandbox.drive
    refused(ErrorKind.NOT_SANDBOX, drive_, BANK, Reference(real), 0, Script.SIGNED, None)
    in_sandbox(house)
    refused(ErrorKind.NOT_SANDBOX, drive_, TRIED, Reference(real), 0, None, DAY)
    tried = submit(house)
    other = replace(INSURER, sandbox=True)
    refused(ErrorKind.NOT_FOUND, drive_, other, Reference(tried), 0, Script.SIGNED, None)
    refused(ErrorKind.STEP_OUT_OF_ORDER, drive_, TRIED, Reference(tried), 0, Script.DELIVERED, None)
    house.drain()
    refused(ErrorKind.RULE_BROKEN, drive_, TRIED, Reference(tried), 0, Script.UNKNOWN, None)
    for far in (Duration(months=9999 * 12), Duration(seconds=86400 * 4000)):
        refused(ErrorKind.RULE_BROKEN, drive_, TRIED, Reference(tried), 0, None, far)
    refused(ErrorKind.RECIPIENT_NOT_FOUND, drive_, TRIED, Reference(tried), 3, Script.SIGNED, None)
    assert house.messages()
    assert not house.messages(f"notice-{tried}")


def test_fixed_at_submit(small_house: House) -> None:
    """What was submitted as a test stays one, and what was real stays real."""
    house = small_house
    real = house.submit().guid
    in_sandbox(house)
    tried = submit(house)
    house.system.support.set_profile(BANK.number, {"sandbox": False})
    assert (house.status(real).record.sandbox, house.status(tried).record.sandbox) == (False, True)
    house.drain()
    assert [each["id"] for each in house.messages()] == [f"notice-{real}-0-SMS.0"]


def test_a_test_is_no_answer_to_what_is_real(small_house: House) -> None:
    """The same order sent again once the issuer has left the sandbox is refused, not answered by the test."""
    octets = order(external_id="RENT-1")
    tried = small_house.submit(octets, TRIED)
    assert small_house.submit(octets, TRIED).guid == tried.guid
    refused(ErrorKind.DUPLICATE_EXTERNAL_ID, small_house.submit, octets, BANK)


def test_a_real_mail_server_gets_nothing(tmp_path: Path) -> None:
    """With e-mail really configured: a real transaction's notice arrives, a test's never does."""
    with Mailroom() as post:
        smtp = f"[email]\nchannel = smtp\nhost = 127.0.0.1\nport = {post.port}\nsecurity = none\n"
        house = House(tmp_path, more=smtp)
        mailed = replace(ANA, notice_method="EMAIL")
        house.submit(order(mailed))
        house.drain()
        assert len(post.messages) == 1
        in_sandbox(house)
        guid = house.submit(order(mailed), TRIED).guid
        house.drain()
        drive(house, guid, Script.SIGNED)
        assert house.state(guid) == (12, 7)
        assert len(post.messages) == 1
        house.close()


def test_no_notary_is_given_a_test(sandbox: House) -> None:
    """Neither documents nor evidence, certificate or pack of a test are queued for deposit."""
    guid = submit(sandbox, Script.SIGNED)
    settle(sandbox)
    with sandbox.tech.database.read() as uow:
        assert uow.deposit_queue.oldest() is None
    assert sandbox.state(guid) == (12, 7)
    assert sandbox.recipients(guid)[0].state is RecipientState.SIGNED


def test_several_recipients_in_order(sandbox: House) -> None:
    """Each acts when their turn comes."""
    first = replace(ANA, phone=phone(Script.SIGNED))
    second = Person("Luis", "00000000T", order=2, phone=phone(Script.REJECTED))
    guid = sandbox.submit(order(first, second), TRIED).guid
    settle(sandbox)
    assert sandbox.state(guid) == (12, 16)


@pytest.mark.parametrize("spoken", ["true", "false"])
def test_a_recipient_takes_the_call_and_signs(sandbox: House, spoken: str) -> None:
    """By call too nobody is needed, and no call is placed; what was spoken is sealed as any recording."""
    guid = submit(sandbox, Script.SIGNED, sign_method="VOICE", spoken_acceptance=spoken)
    settle(sandbox, 4)
    assert sandbox.state(guid) == (12, 7)
    assert not (sandbox.settings.console.folder / "calls").exists()
    with sandbox.tech.database.read() as uow:
        assert len(uow.samples.of(guid)) == (spoken == "true")


def test_a_busy_line_never_signs(sandbox: House) -> None:
    """Who wants to sign, at a telephone that is busy, hears no code, and runs out of calls."""
    guid = submit(sandbox, Script.BUSY, sign_method="VOICE")
    drive(sandbox, guid, Script.SIGNED)
    assert sandbox.kinds(guid).count("CALL_BUSY") == 3
    assert sandbox.state(guid) == (8, 0)
