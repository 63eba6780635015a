"""CERTIFIED_SMS from Submit to certificate, by an SMSC that nobody here wrote, for every way it can end."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.adapters.channels.sms import pdus
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind
from gateway.domain.results import RecipientState, Result
from tests import node_packages
from tests.couriers import Scripted
from tests.house import BANK, refused
from tests.orders import Paper, Person, order
from tests.pdf_samples import plain
from tests.sms_samples import ABSENT, TWO_PARTS, Line, texts
from tests.smsc import NodeSmsc, eventually

ANA, LUIS = "+34600000123", "+34600000456"


@pytest.fixture(scope="module")
def program(request: pytest.FixtureRequest) -> Path:
    return node_packages.installed(request, "smpp")


@pytest.fixture
def line(program: Path, tmp_path: Path) -> Iterator[Line]:
    smsc = NodeSmsc(program)
    line = Line(tmp_path, smsc)
    yield line
    line.close()
    smsc.kill()


def evidence(line: Line, guid: str) -> list[str]:
    return [each.event.value.rpartition("/")[2] for each in line.house.evidence_of(guid)]


def test_delivered_in_two_parts(line: Line) -> None:
    """Dispatched by the SMSC's acceptance, delivered only with the last part's receipt; the evidence names
    the operator's time and the digest of the receipt, which is kept octet by octet."""
    guid, came = line.sent(body=TWO_PARTS, parts=2)
    assert line.house.state(guid) == (4, 0)
    assert "".join(each["text"] for each in sorted(came, key=lambda each: each["udh"][-1])) == TWO_PARTS
    now = datetime.now(ZoneInfo("Europe/Madrid"))
    line.told(came[0]["id"], done=f"{now:%y%m%d%H%M%S}")
    assert line.house.state(guid) == (4, 0)
    assert "MESSAGE_PART_DELIVERED" in line.house.kinds(guid)
    line.told(came[1]["id"], done=f"{now:%y%m%d%H%M%S}")
    assert line.house.state(guid) == (12, Result.COMPLETED)
    assert line.house.recipients(guid)[0].state is RecipientState.NOTIFIED
    assert {"RelayToNonERDS", "ContentConsignment"} <= {*evidence(line, guid)}
    assert line.house.certificates(guid)
    [delivered] = [each for each in line.house.events(guid) if each.kind == "DELIVERED"]
    assert delivered.at == now.astimezone(UTC).replace(microsecond=0)
    told = dict(delivered.details)
    assert (told["provider"], told["state"], told["part"]) == ("Operadora de Pruebas", "DELIVRD", "2")
    with line.house.tech.database.read() as uow:
        rows, key = uow.reports.of(guid), uow.keys.get(guid)
    kept = [line.house.tech.vault.get(guid, key, row.raw_sha256) for row in rows]
    assert {pdus.read(each).command for each in kept} == {"deliver_sm"}
    assert hashlib.sha256(kept[-1]).hexdigest() in {row.raw_sha256.hex() for row in rows}
    assert any(told["raw_sha256"].encode() in each.octets for each in line.house.evidence(guid))


def test_what_was_sent_is_kept_and_named_by_its_digest(line: Line) -> None:
    """The PDUs as handed over are in the vault, their digest in the evidence of the dispatch."""
    guid, [came] = line.sent()
    with line.house.tech.database.read() as uow:
        [kept] = uow.kept_messages.of(guid)
        key = uow.keys.get(guid)
    raw = line.house.tech.vault.get(guid, key, kept.sha256)
    [unit] = map(pdus.read, pdus.cut(raw))
    assert (unit.text("destination_addr"), kept.media_type) == (came["to"], pdus.UNITS)
    # "está" is outside the GSM alphabet: UCS-2, and nothing of the issuer's words is changed.
    assert unit.fields["short_message"].decode("utf-16-be") == came["text"] == "Su recibo está disponible."
    line.told(came["id"])
    assert any(kept.sha256.hex().encode() in each.octets for each in line.house.evidence(guid))


@pytest.mark.parametrize(
    ("state", "error", "failure"),
    [
        ("UNDELIV", ABSENT, "PHONE_OFF"),
        ("UNDELIV", "031", "NO_COVERAGE"),
        ("EXPIRED", "020", "MEMORY_FULL"),
        ("REJECTD", "013", "BARRED"),
        ("UNDELIV", "001", "UNKNOWN_NUMBER"),
        ("DELETED", "777", "OTHER"),
    ],
)
def test_failures_are_classified(line: Line, state: str, error: str, failure: str) -> None:
    """Whatever the last receipt says, with its class in event and evidence."""
    guid, [came] = line.sent()
    line.told(came["id"], "ENROUTE", error)
    assert line.house.state(guid) == (4, 0)
    line.told(came["id"], state, error)
    assert line.house.state(guid) == (12, Result.NOTICE_FAILED)
    assert line.house.recipients(guid)[0].state is RecipientState.UNREACHABLE
    [failed] = [each for each in line.house.events(guid) if each.kind == "MESSAGE_FAILED"]
    assert dict(failed.details)["failure"] == failure
    assert "ContentConsignmentFailure" in evidence(line, guid)
    assert any(failure.encode() in each.octets for each in line.house.evidence(guid))
    assert line.house.certificates(guid)


def test_a_number_that_the_smsc_refuses(line: Line) -> None:
    """ESME_RINVDSTADR: nothing was relayed, and the transaction ends at once."""
    line.smsc.script({"status": 0x0B})
    guid, _ = line.sent()
    assert line.house.state(guid) == (12, Result.NOTICE_FAILED)
    assert "RelayToNonERDSFailure" in evidence(line, guid)
    [told] = [each for each in line.house.events(guid) if each.kind == "NOTICE_REFUSED"]
    assert "UNKNOWN_NUMBER" in dict(told.details)["detail"]


def test_one_part_that_fails_is_no_delivery(line: Line) -> None:
    """The other part arrived before and after: the message did not."""
    guid, came = line.sent(body=TWO_PARTS, parts=2)
    line.told(came[0]["id"])
    line.told(came[1]["id"], "UNDELIV", ABSENT)
    assert line.house.state(guid) == (12, Result.NOTICE_FAILED)


def test_each_recipient_has_an_outcome_of_their_own(line: Line) -> None:
    """One delivered, one absent: partially completed."""
    guid, came = line.sent(ANA, LUIS, parts=2)
    names = {each["to"]: each["id"] for each in came}
    line.told(names[ANA[1:]])
    assert line.house.state(guid)[0] < 10
    line.told(names[LUIS[1:]], "UNDELIV", ABSENT)
    assert line.house.state(guid) == (12, Result.PARTIALLY_COMPLETED)


def test_receipts_in_any_order_and_twice_change_nothing_but_the_record(line: Line) -> None:
    """Delivered first, then what was before it, all twice; a failure after the delivery moves nothing."""
    guid, [came] = line.sent()
    for _ in range(2):
        line.told(came["id"], "DELIVRD", done="2611251000")
        line.told(came["id"], "ENROUTE", done="2611250900")
        line.told(came["id"], "UNDELIV", ABSENT, done="2611251100")
    assert line.house.state(guid) == (12, Result.COMPLETED)
    kinds = line.house.kinds(guid)
    assert [kinds.count(each) for each in ("DELIVERED", "MESSAGE_DELAYED", "MESSAGE_FAILED")] == [1, 1, 1]


def test_without_a_receipt_it_ends_by_its_time_and_never_before(line: Line) -> None:
    """Negative evidence of our own, after the deadline alone; what comes later is kept and alters nothing."""
    guid, [came] = line.sent(time_to_close="P2D")
    line.house.clock.advance(timedelta(days=1, hours=23))
    assert not line.house.expire()
    assert line.house.state(guid) == (4, 0)
    line.house.clock.advance(timedelta(hours=1, minutes=2))
    line.house.expire()
    line.house.drain()
    assert line.house.state(guid) == (12, Result.EXPIRED)
    assert "ContentConsignmentFailure" in evidence(line, guid)
    before = [each.octets for each in line.house.certificates(guid)]
    line.told(came["id"])
    assert line.house.state(guid) == (12, Result.EXPIRED)
    assert [each.octets for each in line.house.certificates(guid)] == before


def test_a_receipt_that_is_quicker_than_the_answer_finds_its_message(line: Line) -> None:
    """Kept as unmatched, answered, and matched by the alarm clock once the message's id is known."""
    assert line.smsc.receipt("early-1") == 0
    line.smsc.script({"id": "early-1"})
    guid, _ = line.sent()
    assert line.house.system.channels.receive.match() == 1
    assert line.ended(guid) == (12, Result.COMPLETED)


def test_an_smsc_that_dies_before_its_answer_gets_no_second_message(line: Line) -> None:
    """Killed with the message in its hands and restarted: UNKNOWN, nothing leaves again; its time ends it."""
    line.smsc.script({"drop": True})
    guid, _ = line.sent(time_to_close="P2D")
    line.smsc.kill()
    line.smsc.start()
    line.smsc.next("bind")
    line.house.wait(timedelta(hours=2))
    assert "NOTICE_UNKNOWN" in line.house.kinds(guid)
    assert line.smsc.quiet("submit", 0.3)
    line.house.clock.advance(timedelta(days=2))
    line.house.expire()
    line.house.drain()
    assert line.house.state(guid) == (12, Result.EXPIRED)


@pytest.mark.parametrize(("body", "parts"), [("Aviso", 1), (TWO_PARTS, 2)])
def test_an_answer_after_our_patience_is_taken_all_the_same(line: Line, body: str, parts: int) -> None:
    """UNKNOWN, nothing leaves again; the late answer names the part, and its receipt is found. Of a message
    whose second part never left this is no delivery."""
    line.smsc.script({"delay": 2600, "id": "late-1"})
    guid, _ = line.sent(body=body)
    assert "NOTICE_UNKNOWN" in line.house.kinds(guid)
    eventually(lambda: "MESSAGE_SENT" in line.house.kinds(guid))
    line.told("late-1")
    assert line.house.state(guid) == ((12, Result.COMPLETED) if parts == 1 else (3, 0))
    assert line.smsc.quiet("submit", 0.3)


def test_an_smsc_that_is_down_gets_the_message_when_it_is_back(line: Line) -> None:
    """Nothing left, so that the task tries again: one message, delivered."""
    line.smsc.kill()
    guid = line.house.submit(texts(ANA)).guid
    line.house.drain()
    assert line.house.kinds(guid).count("NOTICE_NOT_SENT") == 1
    line.smsc.start()
    line.smsc.next("bind")
    line.house.wait(timedelta(minutes=1))
    [came] = line.smsc.submitted()
    line.told(came["id"])
    assert line.house.state(guid) == (12, Result.COMPLETED)


def test_throttled_it_is_sent_later_and_once(line: Line) -> None:
    """Refused for load beyond its patience: the task comes back, and the SMSC takes it once."""
    line.smsc.script(*[{"status": 0x58}] * 3)
    guid = line.house.submit(texts(ANA)).guid
    line.house.drain()
    line.house.wait(timedelta(minutes=1))
    taken = [each for each in line.smsc.submitted(4) if each["status"] == 0]
    line.told(taken[0]["id"])
    assert line.house.state(guid) == (12, Result.COMPLETED)


def test_a_worker_that_dies_after_the_hand_over_sends_no_second_message(line: Line) -> None:
    """The SMSC took it and nobody wrote so down: UNKNOWN, and one message only."""
    by_sms = Scripted(line.house, Channel.SMS)
    by_sms.script.append(by_sms.die_after)
    guid, _ = line.sent()
    line.house.wait(timedelta(minutes=3))
    assert "NOTICE_UNKNOWN" in line.house.kinds(guid)
    assert line.smsc.quiet("submit", 0.3)


def test_a_gateway_that_restarts_takes_what_was_not_acknowledged(line: Line) -> None:
    """Receipts that come while nobody listens are refused for now, and taken by the next process."""
    guid, [came] = line.sent()
    line.stop()
    line.house.close()
    line.house.open()
    session = line.house.tech.smpp
    assert session is not None
    session.start()
    line.smsc.next("bind")
    assert line.smsc.receipt(came["id"]) == pdus.TEMPORARY
    session.listen(line.house.system.channels.receive)
    line.told(came["id"])
    assert line.house.state(guid) == (12, Result.COMPLETED)


def test_codes_go_by_the_real_channel_and_nothing_keeps_them(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    """The SMSC gets the code, which signs; its receipt is evidence; no kept copy, log, event or report
    tells it, though the SMSC repeats how the text began."""
    caplog.set_level("DEBUG")
    guid = line.house.submit(order(Person(notice_method="EMAIL"))).guid
    line.house.drain()
    guest = line.house.guest(guid)
    guest.read()
    guest.ask()
    [came] = line.smsc.submitted()
    code = re.search(r"\b\d{6}\b", came["text"])
    assert code
    line.told(came["id"], echo=came["text"])
    guest.sign(code[0])
    line.house.drain()
    assert line.house.state(guid) == (12, Result.COMPLETED)
    assert "urn:fehaciente:event:1.0:CodeDelivered" in evidence(line, guid)
    with line.house.tech.database.read() as uow:
        assert not uow.kept_messages.of(guid)
        reports, key = uow.reports.of(guid), uow.keys.get(guid)
    raw = [line.house.tech.vault.get(guid, key, row.raw_sha256) for row in reports]
    told = [repr(line.house.events(guid)), repr(reports), caplog.text, *map(repr, raw)]
    assert not [each for each in told if re.search(rf"\b{code[0]}\b", each)]


@pytest.mark.parametrize(
    "octets",
    [
        texts(ANA, body=""),
        texts(ANA, body="a" * 1531),
        order(service="CERTIFIED_SMS", papers=[Paper(plain())]),
    ],
    ids=["no text", "too long", "with a document"],
)
def test_what_is_no_sms_is_refused_at_submit(line: Line, octets: bytes) -> None:
    """A text without words, one that no operator takes, and documents, which nobody would send."""
    refused(ErrorKind.RULE_BROKEN, line.house.submit, octets)


def test_the_sandbox_sends_nothing(line: Line) -> None:
    """What an issuer tries out stays in the house, whatever the settings."""
    line.house.submit(texts(ANA), replace(BANK, sandbox=True))
    line.house.drain()
    assert line.smsc.quiet("submit", 0.3)
