"""What holds a circuit's message back once it is queued, and whom it obeys: night, zone, consent, block."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.bootstrap import commands
from gateway.domain.circuits import Circuit, Limits
from gateway.domain.consents import GivenConsent, Purpose
from gateway.domain.contact import ContactKind
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind
from gateway.entrypoints.cli.main import run
from scripts.sample_courier import SampleCourier
from tests.acceptance.test_circuits import asking, awake, explained, of_issuer, sent, steps
from tests.couriers import Scripted
from tests.house import BANK, House, refused
from tests.orders import ANA, NAMESPACE
from tests.postal_samples import MADRID, SETTINGS

EVENING = datetime(2027, 6, 1, 18, 50, tzinfo=UTC)
MORNING = datetime(2027, 6, 2, 6, 0, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)


def at(house: House, moment: datetime) -> None:
    house.clock.advance(moment - house.clock.now())


def living(xml: bytes, zone: str) -> bytes:
    root: Any = etree.fromstring(xml)
    for recipient in root.iter(f"{{{NAMESPACE}}}recipient"):
        etree.SubElement(recipient, f"{{{NAMESPACE}}}time_zone").text = zone
    return bytes(etree.tostring(root))


def addressed(xml: bytes) -> bytes:
    root: Any = etree.fromstring(xml)
    for method in root.iter(f"{{{NAMESPACE}}}notice_method"):
        address = etree.Element(f"{{{NAMESPACE}}}postal_address")
        for name in ("line1", "postal_code", "city"):
            etree.SubElement(address, f"{{{NAMESPACE}}}{name}").text = MADRID[name]
        etree.SubElement(address, f"{{{NAMESPACE}}}country").text = "ES"
        method.addnext(address)
    return bytes(etree.tostring(root))


@pytest.fixture
def postal_house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, more=SETTINGS)
    yield house
    house.close()


def test_a_retry_waits_for_the_morning(small_house: House) -> None:
    """The operator is down when the SMS falls due, shortly before the quiet hours: it does not leave at
    night, whenever the operator is back."""
    house = small_house
    of_issuer(house)(BANK.number, Circuit((), Limits()))
    at(house, EVENING - timedelta(hours=1))
    sms = Scripted(house, Channel.SMS)
    guid = house.submit(asking("fallback PT1H UNOPENED SMS")).guid
    house.drain()
    sms.script = [sms.unreachable]
    at(house, EVENING + timedelta(minutes=1))
    house.drain()
    assert (sent(house, guid), steps(house, guid)) == (["EMAIL"], [("fallback 1", "SMS")])
    for _ in range(10):
        house.wait(TEN_MINUTES)
    assert sent(house, guid) == ["EMAIL"]
    at(house, MORNING + timedelta(minutes=1))
    house.drain()
    assert sent(house, guid) == ["EMAIL", "SMS"]


def test_who_came_in_meanwhile_gets_no_fallback_any_more(small_house: House) -> None:
    """The SMS waited for its operator, the recipient came in by the e-mail: it is forgone, and told so."""
    house = small_house
    awake(house)
    sms = Scripted(house, Channel.SMS)
    guid = house.submit(asking("fallback PT1H UNOPENED SMS", "reminder P2D EMAIL")).guid
    house.drain()
    sms.script = [sms.unreachable]
    house.clock.advance(timedelta(hours=1, minutes=1))
    house.drain()
    house.guest(guid).enter()
    house.wait(TEN_MINUTES)
    assert sent(house, guid) == ["EMAIL"]
    [forgone] = [dict(each.details) for each in house.events(guid) if each.kind == "CIRCUIT_STEP_FORGONE"]
    assert (forgone["rule"], forgone["channel"], forgone["reason"]) == ("fallback 1", "SMS", "OPENED")
    house.wait(timedelta(days=2))
    assert sent(house, guid) == ["EMAIL", "EMAIL"]


def test_night_is_where_the_recipient_lives(small_house: House) -> None:
    """At seven in the morning of Madrid it is six on the Canary Islands: what waits for eight o'clock leaves
    an hour later there. A zone that does not exist is refused."""
    house = small_house
    of_issuer(house)(BANK.number, Circuit((), Limits()))
    at(house, EVENING - timedelta(hours=2))
    rules = ("fallback PT10H UNOPENED SMS",)
    here = house.submit(asking(*rules)).guid
    there = house.submit(living(asking(*rules), "Atlantic/Canary")).guid
    house.drain()
    at(house, MORNING - timedelta(minutes=30))
    house.drain()
    step = explained(house, there).step
    assert step.at == MORNING + timedelta(hours=1)
    for moment, those in ((MORNING, (1, 0)), (MORNING + timedelta(hours=1), (1, 1))):
        at(house, moment + timedelta(minutes=1))
        house.drain()
        assert tuple(sent(house, each).count("SMS") for each in (here, there)) == those
    refused(ErrorKind.RULE_BROKEN, house.submit, living(asking(*rules), "Atlantic/Atlantis"))


def test_a_letter_follows_what_nobody_opened(postal_house: House) -> None:
    """E-mail, then SMS, then a letter that the courier takes: each in its time, by its own channel."""
    house = postal_house
    awake(house)
    rules = ("fallback P2D UNOPENED SMS", "fallback P7D UNOPENED POSTAL")
    guid = house.submit(addressed(asking(*rules))).guid
    house.drain()
    courier = SampleCourier(house.settings.post.folder, house.settings.post.folder.parent / "bag")
    house.wait(timedelta(days=2, minutes=1))
    assert not courier.take()
    house.wait(timedelta(days=5))
    [letter] = courier.take()
    assert letter.guid == guid
    assert steps(house, guid) == [("fallback 1", "SMS"), ("fallback 2", "POSTAL")]


def test_a_call_tells_who_opened_nothing_where_to_look(small_house: House) -> None:
    """A step by VOICE rings once, says who sent something, and neither link nor code."""
    house = small_house
    awake(house)
    guid = house.submit(asking("fallback P1D UNOPENED VOICE")).guid
    house.drain()
    house.wait(timedelta(days=1, minutes=1))
    assert sent(house, guid) == ["EMAIL", "VOICE"]
    [called] = [each for each in house.messages(f"notice-{guid}-") if each["channel"] == "VOICE"]
    assert "/a/" not in called["text"]
    assert "Banco" in called["text"]
    house.wait(timedelta(minutes=5))
    assert steps(house, guid) == [("fallback 1", "VOICE")]
    assert sent(house, guid) == ["EMAIL", "VOICE"]


def test_who_waived_post_gets_none(postal_house: House) -> None:
    """The consent binds the circuit of that issuer: no letter while it is in force, and it is told why."""
    house = postal_house
    awake(house)
    guid = house.submit(addressed(asking("fallback P1D UNOPENED POSTAL"))).guid
    house.drain()
    given = GivenConsent(BANK.number, guid, 0, "post", Purpose.WAIVE_POST, "2", b"\1" * 32, house.clock.now())
    with house.tech.database.write() as uow:
        uow.consents.add(ANA.identifier, [given])
        uow.commit()
    house.wait(timedelta(days=3))
    courier = SampleCourier(house.settings.post.folder, house.settings.post.folder.parent / "bag")
    assert not courier.take()
    assert [each.why.name for each in explained(house, guid).prospects] == ["WAIVED"]


def test_a_blocked_contact_gets_nothing(small_house: House) -> None:
    """Blocked before its time, and blocked while it waits: no message to that telephone."""
    house = small_house
    awake(house)
    guid = house.submit(asking("fallback P1D UNOPENED SMS", "reminder P3D EMAIL")).guid
    house.drain()
    with house.tech.database.write() as uow:
        assert uow.blocks.add(ContactKind.PHONE, ANA.phone, guid, "ops", house.clock.now())
        uow.commit()
    house.wait(timedelta(days=2))
    assert sent(house, guid) == ["EMAIL"]
    assert [each.why.name for each in explained(house, guid).prospects] == ["BLOCKED", "REMINDER"]
    house.wait(timedelta(days=2))
    assert sent(house, guid) == ["EMAIL", "EMAIL"]


def test_a_failure_of_what_is_not_tried_again_leaves_no_hope(small_house: House) -> None:
    """The e-mail never left and another series has replaced it; the SMS is refused: nobody waits until the
    end for a message that nobody sends."""
    house = small_house
    awake(house)
    email, sms = Scripted(house, Channel.EMAIL), Scripted(house, Channel.SMS)
    email.script = [email.unreachable] * 50
    guid = house.submit(asking("reminder PT1H EMAIL", "fallback PT2H UNDELIVERED SMS")).guid
    house.drain()
    house.wait(timedelta(hours=1, minutes=1))
    sms.script, email.script = [sms.refuse], [email.refuse]
    house.wait(timedelta(hours=1, minutes=1))
    house.wait(timedelta(hours=1))
    assert house.state(guid) == (12, 99903)


def test_a_stranger_stops_every_channel_that_reached_them(small_house: House) -> None:
    """Told by e-mail, then by SMS: who says that it is not them gets neither any more."""
    house = small_house
    awake(house)
    guid = house.submit(asking("fallback P1D UNOPENED SMS", "reminder P3D SMS", "reminder P4D EMAIL")).guid
    house.drain()
    house.wait(timedelta(days=1, minutes=1))
    assert sent(house, guid) == ["EMAIL", "SMS"]
    assert house.system.door.stranger(house.link_token(guid), "203.0.113.9")
    house.wait(timedelta(days=5))
    assert sent(house, guid) == ["EMAIL", "SMS"]


def test_reminded_over_soap_by_another_channel(small_house: House) -> None:
    """Remind names the channel; one that does not reach the recipient is the sender's fault."""
    from tests.acceptance.test_handling_by_soap import call

    house = small_house
    guid = house.submit(asking()).guid
    house.drain()
    house.wait(timedelta(minutes=11))
    asked = f"<g:guid>{guid}</g:guid><g:channel>{{}}</g:channel>"
    assert b"reminded>1<" in call(house, "Remind", asked.format("SMS"))
    house.drain()
    assert sent(house, guid) == ["EMAIL", "SMS"]
    house.wait(timedelta(minutes=11))
    assert b"Fault>" in call(house, "Remind", asked.format("POSTAL"))
    assert sent(house, guid) == ["EMAIL", "SMS"]


def test_the_command_tells_what_comes_next_and_why(
    small_house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was sent, what is due and when, why a rule rests, in both languages; nothing is changed."""
    house = small_house
    awake(house)
    guid = house.submit(asking("fallback P2D UNOPENED SMS", "reminder P3D EMAIL", "reminder P90D SMS")).guid
    house.drain()
    before = house.kinds(guid)
    config = tmp_path / "house.ini"
    config.write_text(commands.EMBEDDED.replace("data = var", f"data = {house.folder / 'var'}"))

    def told(*words: str) -> list[list[str]]:
        assert run(["--config", str(config), *words, "circuit", "explain", guid], commands.actions()) == 0
        return [line.split("\t") for line in capsys.readouterr().out.splitlines()]

    next_step, left, fallback, soon, late = told("--language", "en")
    assert next_step[:5] == ["recipient", "1", "WAIT", "fallback 1", "SMS"]
    assert next_step[-1] == "the recipient has not come in yet"
    assert (left[:3], left[4:]) == (["sent", "1", "EMAIL"], ["DELIVERED", "-"])
    assert fallback[:5] == ["fallback 1", "1", "2 days, 0:00:00", "UNOPENED", "SMS"]
    assert soon[-1] == "the recipient has not acted yet"
    assert late[-2:] == ["-", "the transaction ends before"]
    assert told("--language", "es")[0][-1] == "el destinatario todavía no ha entrado"
    assert house.kinds(guid) == before
