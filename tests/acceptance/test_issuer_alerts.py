"""The issuer's alerts by e-mail: all or none, each once, and the last with certificate and documents."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from gateway.domain.delivery import Channel, Message, Outcome, Purpose, Receipt
from gateway.domain.errors import ErrorKind
from gateway.usecases.alerts.choose import ChooseAlerts
from tests.couriers import Scripted
from tests.house import BANK, INSURER, House, refused
from tests.orders import order


@dataclass
class Seen(Scripted):
    """Keeps every message with its attachments before it leaves."""

    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Receipt:
        self.messages.append(message)
        return super().send(message)

    @property
    def alerts(self) -> list[Message]:
        return [each for each in self.messages if each.id.startswith("alert-")]


def choice(house: House) -> ChooseAlerts:
    return ChooseAlerts(house.tech.database, house.clock)


def mailed(house: House) -> Seen:
    return Seen(house, Channel.EMAIL)


def turn_on(house: House) -> None:
    choice(house).add(BANK.number, "avisos@bank.example")
    choice(house).turn(BANK.number, True)


def signed(house: House, xml: bytes = b"") -> str:
    guid = house.submit(xml).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    return guid


def test_three_alerts_with_their_subjects(small_house: House) -> None:
    """Generated, processed and finished reach the contact in this order, the last with the certificate and
    the stamped documents; each is an effect with result, and an event; without the switch nothing is sent."""
    house, seen = small_house, mailed(small_house)
    signed(house, order(external_id="BANK-0"))
    assert seen.alerts == []
    turn_on(house)
    guid = signed(house, order(external_id="BANK-1"))
    told = {each.subject: each for each in seen.alerts}
    finished = f"Envío Finalizado. Guid: {guid}"
    subjects = ["Envío Generado – Identificador: BANK-1", f"Envío Tramitado. Guid: {guid}", finished]
    assert list(told) == subjects
    assert {each.address for each in seen.alerts} == {"avisos@bank.example"}
    assert [file.name for file in told[finished].attachments] == ["certificate.pdf", "1-Contrato.pdf"]
    certificate, stamped = told[finished].attachments
    assert certificate.octets == house.certificates(guid)[1].octets
    assert [stamped.octets] == house.documents(guid, "STAMPED")
    assert not any(told[subject].attachments for subject in subjects[:2])
    assert house.kinds(guid).count("ALERT_SENT") == 3
    with house.tech.database.read() as uow:
        effects = [each for each in uow.effects.of(guid) if each.id.startswith("alert-")]
    assert len(effects) == 3
    assert all(each.outcome and each.position is None for each in effects)


def test_last_alert_waits_for_the_certificate(small_house: House) -> None:
    """Nothing of the end is told at state 12 alone."""
    house, seen = small_house, mailed(small_house)
    turn_on(house)
    guid = house.submit().guid
    house.drain()
    house.cancel(guid)
    while house.state(guid)[0] < 12:
        house.run(*house.claim(1))
    assert not any("Finalizado" in each.subject for each in seen.alerts)
    house.drain()
    assert [each.subject for each in seen.alerts if "Finalizado" in each.subject] == [
        f"Envío Finalizado. Guid: {guid}"
    ]


def test_too_large_for_a_mail(small_house: House) -> None:
    """Beyond the limit the files stay here, and the text says which, and how they are fetched."""
    house = small_house
    house.settings = replace(house.settings, alerts=replace(house.settings.alerts, mail_limit=10))
    house.open()
    seen = mailed(house)
    turn_on(house)
    signed(house)
    last = seen.alerts[-1]
    assert last.attachments == ()
    assert "certificate.pdf, 1-Contrato.pdf" in last.text
    assert "GetCertificate" in last.text
    assert "/send" in last.text


def test_unreachable_then_told_once(small_house: House) -> None:
    """A relay that is down delays an alert; who was told meanwhile is not told again; an alert of which
    nobody knows whether it left is never repeated by itself."""
    house, seen = small_house, mailed(small_house)
    for name in ("a", "b"):
        choice(house).add(BANK.number, f"{name}@bank.example")
    choice(house).turn(BANK.number, True)
    seen.script = [seen.deliver, seen.unreachable]
    guid = house.submit().guid
    house.drain()
    house.wait(timedelta(hours=1))
    generated = [each.id for each in seen.alerts if "Generado" in each.subject]
    assert len(set(generated)) == 3
    assert sum(each in seen.sent for each in generated) == 2
    assert house.kinds(guid).count("ALERT_NOT_SENT") == 1


@pytest.mark.parametrize("death", ["die_after", "die_before"])
def test_a_worker_that_dies_with_an_alert_in_hand(small_house: House, death: str) -> None:
    """Killed with the relay's answer, or before it was asked: nobody can tell the two apart, so the fate is
    UNKNOWN and that alert is not sent again, while the others go out."""
    house, seen = small_house, mailed(small_house)
    turn_on(house)
    seen.script = [getattr(seen, death)]
    guid = house.submit().guid
    house.drain()
    house.wait(timedelta(minutes=2))
    house.wait(timedelta(hours=2))
    with house.tech.database.read() as uow:
        alerts = {each.id: each.outcome for each in uow.effects.of(guid) if each.purpose is Purpose.ALERT}
    assert list(alerts.values()) == [Outcome.UNKNOWN, Outcome.DELIVERED]
    assert [message.id for message in seen.alerts] == list(alerts)
    assert house.kinds(guid).count("ALERT_NOT_SENT") == 1


def test_tests_are_marked_and_leave_nothing(small_house: House) -> None:
    """Of a sandbox issuer nothing leaves; what would have is marked as a test."""
    house, seen = small_house, mailed(small_house)
    house.system.support.set_profile(BANK.number, {"sandbox": True})
    turn_on(house)
    with house.tech.database.read() as uow:
        bank = uow.issuers.get(BANK.number)
    assert bank is not None
    guid = house.submit(issuer=bank).guid
    house.drain()
    assert seen.alerts == []
    with house.tech.database.read() as uow:
        kept = [each for each in uow.sandbox.messages(guid) if each.id.startswith("alert-")]
    assert kept
    assert all("PRUEBA" in each.subject and "TEST" in each.text for each in kept)


def test_addresses_are_checked(small_house: House) -> None:
    """Only mailboxes are written to; without any the switch stays off; strangers are refused."""
    choose = choice(small_house)
    for wrong in ("nobody", "a b@bank.example", "a@b, c@d", "x@y\nBcc: z@z"):
        refused(ErrorKind.ALERT_ADDRESS, choose.add, BANK.number, wrong)
    refused(ErrorKind.ALERT_ADDRESS, choose.remove, BANK.number, "a@bank.example")
    refused(ErrorKind.ISSUER_UNKNOWN, choose.turn, 77, True)
    refused(ErrorKind.ALERT_ADDRESS, choose.turn, BANK.number, True)
    assert list(choose.chosen(INSURER.number).addresses) == ["ayuda@seguros.example"]
    choose.add(BANK.number, "a@bank.example")
    choose.turn(BANK.number, True)
    assert choose.chosen(BANK.number).on
    assert list(choose.chosen(BANK.number).addresses) == ["a@bank.example"]
    assert not choose.chosen(INSURER.number).on
    choose.remove(BANK.number, "a@bank.example")
    choose.turn(BANK.number, False)
    assert not choose.chosen(BANK.number).on
