"""How a transaction ends without a signature: rejected, withdrawn, exceeded, expired; and who is kept out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest

from gateway.domain.errors import ErrorKind
from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import RecipientState
from tests.guest import Guest
from tests.house import House, refused
from tests.orders import ANA, order

PAUSE = timedelta(seconds=21)
OFFSET = timedelta(seconds=30)


@pytest.fixture
def guest(house: House) -> Guest:
    """Ana, notified of a contract that closes in an hour."""
    guid = house.submit(order(time_to_close="PT1H", return_url="https://bank.example/done")).guid
    house.drain()
    return house.guest(guid)


def last_evidence(guest: Guest) -> tuple[ErdsEvent, tuple[tuple[str, str], ...]]:
    """Event and details of the transaction's last evidence, verified."""
    facts = guest.house.verified(guest.house.evidence(guest.guid)[-1].octets).facts
    assert facts is not None
    return facts.event, facts.details


def test_rejected_with_a_reason(guest: Guest) -> None:
    """A rejection ends in 12 with result 8, and its evidence tells the recipient's reason."""
    guest.read()
    assert guest.reject("El importe no es el acordado") == "https://bank.example/done"
    guest.house.drain()
    assert guest.house.state(guest.guid) == (12, 8)
    event, details = last_evidence(guest)
    assert event is ErdsEvent.DECLINED
    assert ("reason", "El importe no es el acordado") in details
    assert guest.house.recipients(guest.guid)[0].state is RecipientState.REJECTED


@pytest.mark.parametrize("reason", ["", "a\x00b", "x" * 3000, "€ñ漢字 🙂 <&>\r\n]]>", "\ud800"])
def test_any_reason_can_be_kept(guest: Guest, reason: str) -> None:
    """Whatever was typed, the rejection is recorded, proven and certified."""
    guest.read()
    guest.reject(reason)
    guest.house.drain()
    assert guest.house.state(guest.guid) == (12, 8)
    assert last_evidence(guest)[0] is ErdsEvent.DECLINED


def test_not_my_phone(guest: Guest) -> None:
    """Whoever got a stranger's notice cancels the process as soon as they are in."""
    guest.enter()
    guest.house.system.refuse.withdraw(guest.session)
    guest.house.drain()
    assert guest.house.state(guest.guid) == (12, 99940)
    assert last_evidence(guest)[0] is ErdsEvent.WITHDRAWN


def test_wrong_identifiers_lead_to_a_pause(guest: Guest) -> None:
    """Five wrong identifiers close the door for a while, to the right one too; each leaves an event."""
    house = guest.house
    for _ in range(5):
        refused(ErrorKind.IDENTIFIER_MISMATCH, guest.enter, "87654321X")
    refused(ErrorKind.TOO_MANY_ATTEMPTS, guest.enter)
    assert house.kinds(guest.guid).count("IDENTIFIER_WRONG") == 5
    assert house.state(guest.guid)[0] == 5
    house.clock.advance(timedelta(minutes=15))
    guest.enter()
    assert house.state(guest.guid)[0] == 6
    assert house.recipients(guest.guid)[0].failures == 0


def test_an_identifier_of_signs_only_lets_nobody_in(small_house: House) -> None:
    """Spaces and hyphens are ignored when identifiers are compared: one made of them fits nothing."""
    guid = small_house.submit(order(replace(ANA, identifier="- -"))).guid
    small_house.drain()
    for typed in ("- -", "", "."):
        token = small_house.link_token(guid)
        refused(ErrorKind.IDENTIFIER_MISMATCH, small_house.system.access.identify, token, typed)


def test_an_unknown_link_opens_nothing(guest: Guest) -> None:
    """A token that was never given is denied without a word about anything."""
    refused(ErrorKind.ACCESS_DENIED, guest.house.system.access.open_link, "x" * 43)
    refused(ErrorKind.ACCESS_DENIED, guest.house.system.access.identify, "x" * 43, "12345678Z")


def test_looking_at_the_link_proves_nothing(guest: Guest) -> None:
    """A robot that previews the link leaves neither event nor state behind."""
    before = guest.house.kinds(guest.guid)
    token = guest.house.link_token(guest.guid)
    assert guest.house.system.access.open_link(token).issuer_name == "Banco de Pruebas"
    assert guest.house.kinds(guest.guid) == before


def test_codes_exceeded(guest: Guest) -> None:
    """Three codes with three wrong attempts each end it with 99904, at the ninth and not before."""
    house = guest.house
    guest.read()
    for _ in range(3):
        guest.ask()
        for _ in range(3):
            assert house.state(guest.guid)[1] == 0
            refused(ErrorKind.CODE_WRONG, guest.sign, guest.wrong_code)
        house.clock.advance(PAUSE)
    refused(ErrorKind.CLOSED, house.system.request_code, guest.session)
    house.drain()
    assert house.state(guest.guid) == (12, 99904)
    assert last_evidence(guest)[0] is ErdsEvent.CODE_ATTEMPTS_EXCEEDED


def test_a_spent_code_is_no_code(guest: Guest) -> None:
    """After three wrong attempts even the right digits are refused; another code can be asked for."""
    guest.read()
    guest.ask()
    for _ in range(3):
        refused(ErrorKind.CODE_WRONG, guest.sign, guest.wrong_code)
    refused(ErrorKind.CODE_EXPIRED, guest.sign, guest.code)
    guest.house.clock.advance(PAUSE)
    guest.ask()
    guest.sign()
    assert guest.house.state(guest.guid) == (10, 7)


def test_a_code_lives_ten_minutes(guest: Guest) -> None:
    """A code that came is refused once its life is over."""
    guest.read()
    guest.ask()
    guest.house.clock.advance(timedelta(minutes=10))
    refused(ErrorKind.CODE_EXPIRED, guest.sign, guest.code)


def test_a_newer_code_voids_the_older(guest: Guest) -> None:
    """Only the last code signs; two cannot be had within the pause; a fourth is not sent."""
    house = guest.house
    guest.read()
    guest.ask()
    first = guest.code
    refused(ErrorKind.TOO_MANY_ATTEMPTS, house.system.request_code, guest.session)
    house.clock.advance(PAUSE)
    guest.ask()
    assert guest.code != first or pytest.skip("the same six digits were drawn twice")
    refused(ErrorKind.CODE_WRONG, guest.sign, first)
    house.clock.advance(PAUSE)
    guest.ask()
    house.clock.advance(PAUSE)
    refused(ErrorKind.CODE_RESENDS_EXCEEDED, house.system.request_code, guest.session)
    guest.sign()
    assert house.state(guest.guid) == (10, 7)


def test_expiry_comes_after_the_permitted_offset(guest: Guest) -> None:
    """Nothing expires until `time_to_close` and the clocks' offset are over; then it ends with 99906."""
    house = guest.house
    close_at = house.status(guest.guid).record.close_at
    house.clock.advance(close_at + OFFSET - timedelta(seconds=5) - house.clock.now())
    assert house.expire() == 0
    refused(ErrorKind.CLOSED, guest.enter)
    house.clock.advance(timedelta(seconds=6))
    assert house.expire() == 1
    assert house.expire() == 0
    house.drain()
    assert house.state(guest.guid) == (12, 99906)
    assert last_evidence(guest)[0] is ErdsEvent.EXPIRED
    assert house.recipients(guest.guid)[0].state is RecipientState.EXPIRED


def test_who_waits_until_it_is_too_late(guest: Guest) -> None:
    """The act is timed once it has the transaction's lock: waiting for that past `time_to_close` is late."""
    house = guest.house
    guest.read()
    house.clock.advance(timedelta(minutes=58))
    guest.ask()
    code = guest.code
    with ThreadPoolExecutor(1) as pool:
        with house.tech.database.write() as uow:
            assert uow.transactions.lock(guest.guid)
            signing = pool.submit(guest.sign, code)
            sleep(0.3)
            house.clock.advance(timedelta(minutes=2))
        refused(ErrorKind.CLOSED, signing.result, 30)
    assert house.state(guest.guid) == (8, 0)


def test_an_act_in_time_is_never_expired(guest: Guest) -> None:
    """What was signed at the last minute stays signed, even when the alarm rings before it is closed."""
    house = guest.house
    house.clock.advance(timedelta(minutes=55))
    guest.decide()
    house.clock.advance(timedelta(hours=1))
    assert house.expire() == 0
    house.drain()
    assert house.state(guest.guid) == (12, 7)


def test_after_the_end_every_door_is_closed(guest: Guest) -> None:
    """From state 10 on link, identification, pages, codes, acts and Cancel all answer E000101."""
    house, system, session = guest.house, guest.house.system, guest.session
    guest.decide()
    token = house.link_token(guest.guid)
    for _ in range(2):
        refused(ErrorKind.CLOSED, system.access.open_link, token)
        refused(ErrorKind.CLOSED, system.access.identify, token, "12345678Z")
        refused(ErrorKind.CLOSED, system.consult.view, session)
        refused(ErrorKind.CLOSED, system.consult.accept_conditions, session)
        refused(ErrorKind.CLOSED, system.consult.show_documents, session)
        refused(ErrorKind.CLOSED, system.consult.read_document, session, 0)
        refused(ErrorKind.CLOSED, system.request_code, session)
        refused(ErrorKind.CLOSED, system.request_code.status, session)
        refused(ErrorKind.CLOSED, system.sign.sign, session, guest.code)
        refused(ErrorKind.CLOSED, system.refuse.reject, session, "")
        refused(ErrorKind.CLOSED, system.refuse.withdraw, session)
        refused(ErrorKind.CLOSED, house.cancel, guest.guid)
        house.drain()
    assert ErrorKind.CLOSED.code == "E000101"
    assert house.state(guest.guid) == (12, 7)
