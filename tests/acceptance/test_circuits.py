"""Circuits: reminders and other channels by rule, carried out by the workers and told by the command."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lxml import etree

from gateway.domain.circuits import Circuit, Condition, Limits, Rule
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind
from gateway.domain.parties import Issuer
from gateway.domain.retention import Duration
from gateway.usecases.circuits.default import IssuerCircuit
from gateway.usecases.circuits.explain import ExplainCircuit, Explained
from gateway.usecases.commands import Reference
from tests.couriers import Scripted
from tests.house import BANK, House, refused
from tests.orders import ANA, NAMESPACE, order

WRITTEN_TO = replace(ANA, notice_method="EMAIL")
AWAKE = Limits(quiet=None)
HOUR = 3600


def asking(*rules: str, **more: str) -> bytes:
    """A contract for Ana, told by e-mail, with rules as `reminder P3D SMS`, `fallback P2D UNOPENED SMS`."""
    root = etree.fromstring(order(WRITTEN_TO, **more))
    place = list(root).index(root.find(f"{{{NAMESPACE}}}recipients")) + 1
    for kind in ("fallback", "reminder"):
        chosen = [words[1:] for words in map(str.split, rules) if words[0] == kind]
        if not chosen:
            continue
        group = etree.Element(f"{{{NAMESPACE}}}{kind}s")
        for words in chosen:
            rule = etree.SubElement(group, f"{{{NAMESPACE}}}{kind}")
            names = ("after", "channel") if kind == "reminder" else ("after", "condition", "channel")
            for name, text in zip((*names, "although_unknown"), words, strict=False):
                etree.SubElement(rule, f"{{{NAMESPACE}}}{name}").text = text
        root.insert(place, group)
    return etree.tostring(root)


def awake(house: House, *rules: Rule, limits: Limits = AWAKE) -> None:
    """Whatever the hour at which tests run."""
    of_issuer(house)(BANK.number, Circuit(rules, limits))


def of_issuer(house: House) -> IssuerCircuit:
    return IssuerCircuit(house.tech.database, house.clock, Limits())


def explained(house: House, guid: str) -> Explained:
    channels = frozenset(house.couriers)
    [one] = ExplainCircuit(house.tech.database, house.clock, Limits(), channels)(guid)
    return one


def sent(house: House, guid: str) -> list[str]:
    """Channels of the notices that left, in order."""
    return [entry["channel"] for entry in house.messages(f"notice-{guid}-")]


def steps(house: House, guid: str) -> list[tuple[str, str]]:
    told = [dict(each.details) for each in house.events(guid) if each.kind == "CIRCUIT_STEP"]
    return [(each["rule"], each["channel"]) for each in told]


def test_an_email_that_fails_is_followed_by_an_sms_at_once(small_house: House) -> None:
    """The recipient is not ended by the failure, and can act by the link of the SMS."""
    house = small_house
    awake(house)
    email = Scripted(house, Channel.EMAIL)
    email.script = [email.refuse]
    guid = house.submit(asking("fallback PT0S UNDELIVERED SMS", "fallback P2D UNOPENED SMS")).guid
    house.drain()
    assert sent(house, guid) == ["SMS"]
    assert steps(house, guid) == [("fallback 1", "SMS")]
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)


def test_when_nothing_is_left_to_try_the_recipient_is_unreachable(small_house: House) -> None:
    """E-mail refused, SMS refused: the circuit ends, and with it the transaction."""
    house = small_house
    awake(house)
    email, sms = Scripted(house, Channel.EMAIL), Scripted(house, Channel.SMS)
    email.script, sms.script = [email.refuse], [sms.refuse]
    guid = house.submit(asking("fallback PT0S UNDELIVERED SMS")).guid
    house.drain()
    assert steps(house, guid) == [("fallback 1", "SMS")]
    assert house.state(guid) == (12, 99903)


def test_an_unopened_email_is_followed_in_its_time_and_nothing_after_the_act(small_house: House) -> None:
    """SMS after 48 hours, not before; and once the recipient has signed the reminder does not go."""
    house = small_house
    awake(house)
    guid = house.submit(asking("fallback P2D UNOPENED SMS", "reminder P4D EMAIL")).guid
    house.drain()
    house.wait(timedelta(hours=47))
    assert sent(house, guid) == ["EMAIL"]
    assert explained(house, guid).step.action.value == "WAIT"
    house.wait(timedelta(hours=1, minutes=1))
    assert sent(house, guid) == ["EMAIL", "SMS"]
    house.guest(guid).decide()
    house.wait(timedelta(days=3))
    assert sent(house, guid) == ["EMAIL", "SMS"]


def test_reminders_go_by_the_same_link_until_the_end(small_house: House) -> None:
    """Each once, as another message of the same notice; none outlives the transaction."""
    house = small_house
    awake(house)
    rules = ("reminder P1D EMAIL", "reminder P2D SMS", "reminder P20D EMAIL")
    guid = house.submit(asking(*rules)).guid
    house.drain()
    token = house.link_token(guid)
    for _ in range(5):
        house.wait(timedelta(days=1))
    assert sent(house, guid) == ["EMAIL", "EMAIL", "SMS"]
    assert house.link_token(guid) == token
    assert [seen.why.name for seen in explained(house, guid).prospects] == ["DONE", "DONE", "TOO_LATE"]


def test_what_is_paid_and_perhaps_left_is_not_repeated(small_house: House) -> None:
    """A worker died with an SMS in hand: the reminder by SMS waits for a receipt, unless its rule says so."""
    for although, number in (("false", 1), ("true", 2)):
        house = small_house
        awake(house)
        sms = Scripted(house, Channel.SMS)
        guid = house.submit(asking("fallback PT1H UNOPENED SMS", f"reminder PT9H SMS {although}")).guid
        house.drain()
        sms.script = [sms.die_after]
        house.clock.advance(timedelta(hours=1, minutes=1))
        house.drain()
        house.wait(timedelta(minutes=10))
        assert explained(house, guid).standing.sendings[-1].fate.value == "UNKNOWN"
        house.wait(timedelta(hours=9))
        assert sent(house, guid).count("SMS") == number


def test_the_issuers_circuit_holds_where_the_transaction_brings_none(small_house: House) -> None:
    """As it was when the transaction was received: what is changed later holds for later ones."""
    house = small_house
    awake(house, Rule("fallback 1", Duration(seconds=HOUR), Channel.SMS, Condition.UNOPENED))
    house.clock.advance(timedelta(seconds=1))
    guid = house.submit(order(WRITTEN_TO)).guid
    house.clock.advance(timedelta(seconds=1))
    awake(house)
    house.drain()
    house.wait(timedelta(hours=2))
    assert sent(house, guid) == ["EMAIL", "SMS"]
    later = house.submit(order(WRITTEN_TO)).guid
    house.drain()
    house.wait(timedelta(hours=2))
    assert sent(house, later) == ["EMAIL"]


def test_nothing_leaves_in_the_recipients_night(small_house: House) -> None:
    """What falls due in quiet hours leaves at their end."""
    house = small_house
    noon = datetime(2027, 6, 1, 12, tzinfo=UTC)
    house.clock.advance(noon - house.clock.now())
    guid = house.submit(asking("fallback PT10H UNOPENED SMS")).guid
    house.drain()
    house.wait(timedelta(hours=12))
    assert sent(house, guid) == ["EMAIL"]
    step = explained(house, guid).step
    assert step.at is not None
    assert step.at.isoformat() == "2027-06-02T06:00:00+00:00"
    house.wait(timedelta(hours=6, minutes=1))
    assert sent(house, guid) == ["EMAIL", "SMS"]


def test_rules_that_cannot_be_carried_out_are_refused(small_house: House) -> None:
    """By channels that the recipient has no contact for, or that send nothing; in zones that are none."""
    house = small_house
    for rules in (("reminder P1D POSTAL",), ("reminder P1D WEB",)):
        refused(ErrorKind.RULE_BROKEN, house.submit, asking(*rules))
    nobody = Issuer(77, "Nadie", "A1", "mailto:a@example.org")
    refused(ErrorKind.ISSUER_UNKNOWN, of_issuer(house), nobody.number, Circuit())
    web = Circuit((Rule("reminder 1", Duration(seconds=HOUR), Channel.WEB),))
    refused(ErrorKind.CIRCUIT_REFUSED, of_issuer(house), BANK.number, web)
    refused(ErrorKind.CIRCUIT_REFUSED, of_issuer(house), BANK.number, Circuit((), Limits(zone="Mars/Base")))


def test_the_issuer_reminds_by_another_channel(small_house: House) -> None:
    """Who was told by e-mail is reminded by SMS, once; not by a channel that does not reach them."""
    house, remind = small_house, small_house.system.desk.remind
    guid = house.submit(order(WRITTEN_TO)).guid
    house.drain()
    house.wait(timedelta(minutes=11))
    assert remind(BANK, Reference(guid), 0, Channel.SMS) == [0]
    assert remind(BANK, Reference(guid), 0, Channel.SMS) == [0]
    house.drain()
    assert sent(house, guid) == ["EMAIL", "SMS"]
    refused(ErrorKind.CHANNEL_UNREACHABLE, remind, BANK, Reference(guid), 0, Channel.WEB)
