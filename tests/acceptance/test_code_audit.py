"""The certificate's audit of the sign method: what became of every operation code, and never the code."""

import subprocess
from datetime import timedelta

from gateway.adapters.documents.certificate_details import NAMES, UNPRINTED, parted
from gateway.adapters.xml.parser import parse
from gateway.domain.certificate import CodeFate
from gateway.domain.delivery import Channel, Message, Receipt
from gateway.domain.errors import ErrorKind
from gateway.usecases.certificate_facts import until_closed
from tests.certificate_reading import CERT, certificate, codes, told_of
from tests.couriers import Scripted
from tests.house import LEASE, House, refused
from tests.orders import ANA, LUIS, order
from tests.produced import keep

MINUTE = timedelta(minutes=1)


def test_each_code_is_audited_and_none_is_told(house: House) -> None:
    """Spent, replaced, right at the second try, and asked for by somebody who then rejected."""
    guid = house.submit(order(ANA, LUIS, service="CONTRACT")).guid
    house.drain()
    ana, luis, secret = house.guest(guid), house.guest(guid, 1), set()
    ana.read()
    secret.add(ana.code)
    ana.ask()
    for _ in range(3):
        refused(ErrorKind.CODE_WRONG, ana.sign, ana.wrong_code)
    for _ in range(2):
        secret.add(ana.code)
        house.wait(MINUTE)
        ana.ask()
    secret.add(ana.code)
    refused(ErrorKind.CODE_WRONG, ana.sign, ana.wrong_code)
    ana.sign()
    luis.read()
    luis.ask()
    secret.add(luis.code)
    luis.reject()
    house.drain()
    xml, pdf = certificate(house, guid)
    found = codes(xml)
    assert [told_of(code) for code in found] == [
        ("DOWNLOAD", CodeFate.USED.value, 0, True),
        ("SIGN", CodeFate.TRIES_SPENT.value, 3, False),
        ("SIGN", CodeFate.REPLACED.value, 0, False),
        ("SIGN", CodeFate.USED.value, 1, True),
        ("DOWNLOAD", CodeFate.USED.value, 0, True),
        ("SIGN", CodeFate.UNUSED.value, 0, False),
    ]
    assert {code.findtext(CERT + "address") for code in found} == {"••• ••• 123", "••• ••• 456"}
    assert {code.findtext(CERT + "channel") for code in found} == {"SMS"}
    assert all(code.find(CERT + "sent_at") is not None for code in found)
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    words = set(text.decode().split())
    assert "Anulado:" in words
    assert not secret & (words | set(parse(xml, limit=10_000_000).itertext()))
    # Every detail that the timeline prints has a name in both languages.
    names = {parted(name)[0] for event in until_closed(house.events(guid)) for name, _ in event.details}
    assert names <= set(NAMES) | UNPRINTED
    keep("certificate-two-recipients.pdf", pdf)


def test_without_a_code_there_is_none_to_audit(house: House) -> None:
    """Cancelled before anybody asked for one."""
    guid = house.submit().guid
    house.drain()
    house.cancel(guid)
    house.drain()
    xml, _ = certificate(house, guid)
    assert not codes(xml)


def test_a_code_that_left_only_later_was_sent(house: House) -> None:
    """The channel was down at first: the audit tells that it left, and was the one that signed."""
    guid = house.submit().guid
    house.drain()
    guest, sms = house.guest(guid), Scripted(house, Channel.SMS)
    guest.read()
    sms.script = [sms.unreachable]
    guest.ask()
    house.wait(timedelta(seconds=2))
    assert {"CODE_NOT_SENT", "CODE_SENT"} <= set(house.kinds(guid))
    guest.reject()
    house.drain()
    (code,) = codes(certificate(house, guid)[0])
    assert told_of(code) == ("SIGN", CodeFate.UNUSED.value, 0, False)
    assert code.find(CERT + "sent_at") is not None


def test_codes_that_did_not_surely_leave_say_so(house: House) -> None:
    """One perhaps left, one was refused, one was overtaken by the next: none of them is told as right."""
    guid = house.submit().guid
    house.drain()
    guest, sms = house.guest(guid), Scripted(house, Channel.SMS)
    guest.read()

    def overtaken(message: Message) -> Receipt:
        house.clock.advance(MINUTE)
        house.system.request_code(guest.session)
        return sms.deliver(message)

    for act in (sms.die_before, sms.refuse, overtaken):
        sms.script = [act]
        guest.ask()
        house.wait(2 * LEASE)
    guest.sign()
    house.drain()
    found = codes(certificate(house, guid)[0])
    fates = (CodeFate.UNKNOWN, CodeFate.NOT_SENT, CodeFate.REPLACED, CodeFate.USED)
    assert [told_of(code)[1] for code in found] == [fate.value for fate in fates]
    assert [code.find(CERT + "sent_at") is not None for code in found] == [False, False, True, True]


def test_a_code_that_left_before_its_life_was_over_is_unknown(house: House) -> None:
    """The worker died as it handed it over, and the next one came when it was too late for another: that
    nothing left is not true, and the attempt counts."""
    guid = house.submit().guid
    house.drain()
    guest, sms = house.guest(guid), Scripted(house, Channel.SMS)
    guest.read()
    sms.script = [sms.die_after]
    guest.ask()
    house.wait(timedelta(minutes=15))
    kinds = house.kinds(guid)
    assert "CODE_UNKNOWN" in kinds
    assert "CODE_NOT_SENT" not in kinds
    with house.tech.database.read() as uow:
        assert all(effect.outcome is not None for effect in uow.effects.of(guid))
    assert len(sms.sent) == 1
