"""Calls by a Twilio-compatible provider over HTTP: what it is asked, what it tells, who is not believed."""

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from gateway.domain.delivery import Outcome
from gateway.domain.errors import ErrorKind
from gateway.domain.evidence import ErdsEvent
from gateway.usecases.commands import Reference
from scripts.sample_calls import Exchange
from scripts.sample_exchange import twilio
from tests import provider_house
from tests.acceptance.test_circuits import asking, awake
from tests.guest import Guest
from tests.house import BANK, CODE, LEASE, House, refused
from tests.orders import order
from tests.provider_house import SENDER, calls

SOON = timedelta(seconds=30)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with twilio() as exchange:
        yield exchange


@pytest.fixture
def at_provider(tmp_path: Path, exchange: Exchange) -> Iterator[House]:
    with provider_house.at_provider(tmp_path, exchange) as house:
        yield house


def arrived(house: House, spoken: str = "") -> Guest:
    more = {"spoken_acceptance": spoken} if spoken else {}
    guid = house.submit(order(sign_method="VOICE", service="CONTRACT_EXPRESS", **more)).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    return guest


def heard(exchange: Exchange) -> str:
    """The code that the last call dictated, digit by digit."""
    said = " ".join(exchange.calls[-1].said).replace(", ", "")
    found = CODE.search(said)
    assert found
    return found[0]


def test_a_dictated_code_signs(at_provider: House, exchange: Exchange) -> None:
    """The person presses 1 to hear it again, then another key; every callback was kept before its 2xx."""
    house = at_provider
    guest = arrived(house)
    guest.ask()
    exchange.keys = ["1", "2"]
    call = exchange.play()
    assert (call.one("To"), call.one("From")) == (house.recipients(guest.guid)[0].asked.phone, SENDER)
    assert sum("Su código es" in said for said in call.said) == 2
    assert {status for _, status in exchange.answers} <= {200, 204}
    assert house.kinds(guest.guid).count("CALL_ANSWERED") == 1
    guest.sign(heard(exchange))
    house.wait(SOON)
    assert house.state(guest.guid) == (12, 7)
    [effect] = calls(house, guest.guid)
    assert effect.reference == call.sid


def test_the_code_is_in_the_request_alone(
    at_provider: House, exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an address that is called back, nor what is kept, nor a log holds it."""
    house = at_provider
    guest = arrived(house)
    guest.ask()
    call = exchange.play()
    code = heard(exchange)
    addresses = [value for name, values in call.form.items() if name != "Twiml" for value in values]
    kept = [repr(each) for each in (*house.events(guest.guid), *calls(house, guest.guid))]
    for form in (code, ", ".join(code)):
        assert not any(form in text for text in (*addresses, *kept, caplog.text))


def test_what_the_provider_said_is_kept(at_provider: House, exchange: Exchange) -> None:
    """Octet by octet, sealed, by the digest that the event names; with the pack it goes to the issuer."""
    house = at_provider
    guest = arrived(house)
    guest.ask()
    call = exchange.play()
    guest.sign(heard(exchange))
    house.wait(SOON)
    [told] = [dict(each.details) for each in house.events(guest.guid) if each.kind == "CALL_ENDED"]
    with house.tech.database.read() as uow:
        key, rows = uow.keys.get(guest.guid), {each.id: each for each in uow.reports.of(guest.guid)}
    raw = house.tech.vault.get(guest.guid, key, bytes.fromhex(told["raw_sha256"]))
    assert rows[told["report"]].raw_sha256.hex() == told["raw_sha256"]
    assert b"CallStatus=completed" in raw
    assert call.sid.encode() in raw
    assert b"Digits" not in raw
    packed = zipfile.ZipFile(BytesIO(house.system.pack_of(BANK, Reference(guest.guid)).octets))
    assert raw in [packed.read(name) for name in packed.namelist() if name.startswith("receipts/")]


def test_what_was_said_is_fetched_and_locked(at_provider: House, exchange: Exchange) -> None:
    """The recording comes with the account's token, and stands in evidence before anything is signed."""
    house = at_provider
    guest = arrived(house, "true")
    guest.ask()
    exchange.keys = ["2"]
    call = exchange.play()
    assert any("diga después de la señal" in said for said in call.said)
    assert call.said[-1].startswith("Gracias")
    refused(ErrorKind.SPEECH_AWAITED, guest.sign, heard(exchange))
    house.drain()
    guest.sign(heard(exchange))
    house.wait(SOON)
    assert house.state(guest.guid) == (12, 7)
    assert "SPEECH_SEALED" in house.kinds(guest.guid)


@pytest.mark.parametrize(
    ("person", "kind"),
    [
        ("busy", "CALL_BUSY"),
        ("no-answer", "CALL_NO_ANSWER"),
        ("failed", "CALL_FAILED"),
        ("canceled", "CALL_FAILED"),
        ("machine", "CALL_MACHINE"),
    ],
)
@pytest.mark.parametrize("quiet", [False, True])
def test_a_call_that_nobody_heard_voids_its_code(
    at_provider: House, exchange: Exchange, person: str, kind: str, *, quiet: bool
) -> None:
    """By callback, or when asked because no callback came; a machine's call is ended besides."""
    house, exchange.person, exchange.quiet = at_provider, person, quiet
    guest = arrived(house)
    guest.ask()
    exchange.play()
    house.wait(SOON)
    assert house.kinds(guest.guid).count(kind) == 1
    assert house.system.request_code.status(guest.session).failed
    assert bool(exchange.updates) == (person == "machine" and not quiet)


def test_a_placing_without_answer_is_unknown_and_never_repeated(
    at_provider: House, exchange: Exchange
) -> None:
    """It may ring: the code is void, nobody is called again by itself, and what is told of it is kept."""
    house, exchange.trouble = at_provider, "lost"
    guest = arrived(house)
    guest.ask()
    assert "CODE_UNKNOWN" in house.kinds(guest.guid)
    exchange.play()
    house.wait(2 * LEASE)
    assert len(exchange.calls) == 1
    [effect] = calls(house, guest.guid)
    assert effect.outcome is Outcome.UNKNOWN
    assert "CALL_ANSWERED" in house.kinds(guest.guid)
    refused(ErrorKind.CODE_EXPIRED, guest.sign, heard(exchange))


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        ("400", Outcome.REFUSED),
        ("500", Outcome.UNKNOWN),
        ("429", Outcome.NOT_SENT),
        ("401", Outcome.NOT_SENT),
    ],
)
def test_what_the_provider_refuses(
    at_provider: House, exchange: Exchange, trouble: str, outcome: Outcome
) -> None:
    """A bad number is final, a crowd is not, and of its own failure nobody knows whether it rings."""
    house, exchange.trouble = at_provider, trouble
    guest = arrived(house)
    guest.ask()
    assert not exchange.calls
    effect = calls(house, guest.guid)[0]
    assert effect.outcome is outcome
    assert effect.address not in effect.detail


def test_who_forges_is_not_believed(at_provider: House, exchange: Exchange) -> None:
    """Another token, an unknown call, another address: nothing is kept, and a repeated one is kept once."""
    house = at_provider
    guest = arrived(house)
    guest.ask()
    call = exchange.calls[-1]
    url, form = call.one("StatusCallback"), {"CallSid": call.sid, "CallStatus": "busy", "CallDuration": "0"}
    assert exchange.post(url, form, "bm9ib2R5")[0] == 403
    assert exchange.post(url + "?a=b", form, exchange.signed(url, form))[0] == 403
    stranger = url.replace(url.split("/")[-2], "a" * 32)
    assert exchange.post(stranger, form)[0] == 404
    assert exchange.post(url.replace("/status", ""), form)[0] == 404
    assert "CALL_BUSY" not in house.kinds(guest.guid)
    assert [exchange.post(url, form)[0] for _ in range(2)] == [204, 204]
    assert house.kinds(guest.guid).count("CALL_BUSY") == 1


@pytest.mark.parametrize(
    ("person", "seconds", "kind"),
    [
        ("answer", 20, "DELIVERED"),
        ("answer", 2, "MESSAGE_FAILED"),
        ("busy", 0, "MESSAGE_FAILED"),
        ("machine", 30, "MESSAGE_FAILED"),
    ],
)
def test_a_notice_by_call(
    at_provider: House, exchange: Exchange, person: str, seconds: int, kind: str
) -> None:
    """A circuit's step: it says from whom and where to look, neither link nor content; who hangs up at once
    has heard nothing, and what the provider said is kept."""
    house = at_provider
    awake(house)
    guid = house.submit(asking("reminder P1D VOICE")).guid
    house.drain()
    house.wait(timedelta(days=1, seconds=1))
    exchange.person, exchange.seconds = person, seconds
    call = exchange.play()
    house.wait(SOON)
    assert len(exchange.calls) == 1
    spoken = call.one("Twiml")
    assert "Tiene una comunicación" in spoken
    assert "http" not in spoken.replace(call.one("StatusCallback").rpartition("/")[0], "")
    told = [dict(each.details) for each in house.events(guid) if each.kind == kind]
    [found] = [each for each in told if each["channel"] == "VOICE" and "raw_sha256" in each]
    assert found["call"] == {"answer": "ENDED", "busy": "BUSY", "machine": "MACHINE"}[person]
    with house.tech.database.read() as uow:
        raw = house.tech.vault.get(guid, uow.keys.get(guid), bytes.fromhex(found["raw_sha256"]))
    assert call.sid.encode() in raw
    if kind == "DELIVERED":
        stated = [each.event for each in house.evidence_of(guid)]
        assert ErdsEvent.NOTIFICATION_DELIVERED in stated


def test_where_machines_are_not_told_from_people_no_notice_was_heard(
    tmp_path: Path, exchange: Exchange
) -> None:
    """Somebody or something took it: an attempt, and no delivery."""
    with provider_house.at_provider(tmp_path, exchange, "machine_detection = no\n") as house:
        awake(house)
        guid = house.submit(asking("reminder P1D VOICE")).guid
        house.drain()
        house.wait(timedelta(days=1, seconds=1))
        assert "MachineDetection" not in exchange.play().form
        house.wait(SOON)
        assert "MESSAGE_ATTEMPTED" in house.kinds(guid)
        told = [dict(each.details) for each in house.events(guid) if each.kind == "DELIVERED"]
        assert all(each["channel"] != "VOICE" for each in told)


def test_a_notice_by_call_without_a_provider(small_house: House) -> None:
    """The local default says it too, and it was heard."""
    house = small_house
    awake(house)
    guid = house.submit(asking("reminder P1D VOICE")).guid
    house.drain()
    house.wait(timedelta(days=1, seconds=1))
    [said] = [each for each in house.messages(f"notice-{guid}-") if each["channel"] == "VOICE"]
    assert "Tiene una comunicación de" in said["text"]
    assert "http" not in said["text"]
    assert any(
        each.kind == "DELIVERED" and "VOICE" in dict(each.details).values() for each in house.events(guid)
    )
