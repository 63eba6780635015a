"""The SMPP session and courier against an SMSC that nobody here wrote."""

import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.adapters.channels.sms import pdus
from gateway.adapters.channels.sms.link import Smsc
from gateway.adapters.channels.sms.pace import Pace
from gateway.adapters.channels.sms.pdus import Addressing
from gateway.adapters.channels.sms.receipts import IDS, Operator
from gateway.adapters.channels.sms.session import Session
from gateway.adapters.channels.sms.smpp import SmppCourier
from gateway.adapters.crypto import devpki
from gateway.domain.delivery import Channel, Message, Outcome
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.reports import Failure, Report, ReportKind
from tests import node_packages
from tests.smsc import NodeSmsc, eventually

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
MARK = "abcdefghijklmnopqrstuvwxyz234567"
LONG = "Texto de prueba con más de una parte: " * 12
FAILURES = {"27": Failure.PHONE_OFF, "1": Failure.UNKNOWN_NUMBER}


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Line:
    """A gateway's end: session and courier, and the reports that were taken."""

    smsc: NodeSmsc
    bits: int = 8
    ids: str = "as_is"
    rate: int = 0
    window: int = 10
    more: dict[str, Any] = field(default_factory=dict)
    taken: list[Report] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        place = Smsc("127.0.0.1", self.smsc.port, "gateway", "secret", timeout=1.0, enquire=30.0)
        smsc = replace(place, **self.more)
        operator = Operator("Operadora", ZoneInfo("Europe/Madrid"), IDS[self.ids], FAILURES)
        clock = FixedClock()
        self.session = Session(smsc, operator, Pace(self.rate, self.window), clock, 1.0)
        self.session.listen(self.take)
        by = Addressing("Banco", 5, 0, validity="000002000000000R")
        self.courier = SmppCourier(self.session, by, clock, IDS[self.ids], self.bits, 2.0)

    def take(self, report: Report) -> None:
        if self.refuse:
            raise self.refuse.pop()
        self.taken.append(report)

    def send(self, text: str = "Su aviso", to: str = "+34600000123", name: str = "m-1") -> Any:
        message = Message(name, Channel.SMS, to, "", text, mark=MARK)
        return self.courier.send(self.courier.prepared(message))


@pytest.fixture(scope="module")
def program(request: pytest.FixtureRequest) -> Path:
    return node_packages.installed(request, "smpp")


@pytest.fixture
def smsc(program: Path) -> Iterator[NodeSmsc]:
    smsc = NodeSmsc(program)
    yield smsc
    smsc.kill()


@pytest.fixture
def line(smsc: NodeSmsc) -> Iterator[Line]:
    line = Line(smsc)
    yield line
    line.session.stop(1)


def test_a_short_message_is_taken_with_a_receipt_asked_for(line: Line) -> None:
    """ACCEPTED with the SMSC's own id; version 3.4, our name, the number without plus, and registered."""
    receipt = line.send("Aviso: €5 [hoy] ñ")
    [came] = line.smsc.submitted()
    bound = line.smsc.next("bind")
    assert (receipt.outcome, receipt.reference, receipt.parts) == (Outcome.ACCEPTED, "smsc-1", ("smsc-1",))
    assert (bound["system_id"], bound["password"], bound["version"]) == ("gateway", "secret", 0x34)
    assert (came["to"], came["from"], came["ton"], came["npi"]) == ("34600000123", "Banco", 5, 0)
    assert (came["registered"], came["coding"], came["esm_class"]) == (1, 0, 0)
    # Read back by another coder: letters of the extension table are whole.
    assert came["text"] == "Aviso: €5 [hoy] ñ"


@pytest.mark.parametrize(
    ("text", "coding"), [(LONG.replace("á", "a"), 0), (LONG, 8), ("€" * 200, 0), ("😀" * 90, 8)]
)
@pytest.mark.parametrize("bits", [8, 16])
def test_a_long_text_is_whole_again_when_its_parts_are_joined(
    smsc: NodeSmsc, text: str, coding: int, bits: int
) -> None:
    """Every part bears the joining header with one reference, its number and the total, and no letter is
    torn; ids come in the parts' order."""
    line = Line(smsc, bits=bits)
    receipt = line.send(text)
    came = smsc.submitted(len(receipt.parts))
    line.session.stop(1)
    assert len(came) > 1
    came.sort(key=lambda each: int(each["udh"][-1][-2:], 16))
    assert {each["coding"] for each in came} == {coding}
    assert {each["esm_class"] for each in came} == {0x40}
    assert "".join(each["text"] for each in came) == text
    assert tuple(each["id"] for each in came) == receipt.parts
    assert all(int(each["udh"][-1][-4:-2], 16) == len(came) for each in came)


def test_a_long_text_may_go_in_one_piece(smsc: NodeSmsc) -> None:
    """By setting, as message_payload: one id, one receipt."""
    line = Line(smsc, bits=0)
    receipt = line.send(LONG)
    [came] = smsc.submitted()
    line.session.stop(1)
    assert came["payload"]
    assert came["text"] == LONG
    assert receipt.parts == ("smsc-1",)


def test_what_is_kept_is_what_leaves(line: Line) -> None:
    """The PDUs as prepared are those that were sent, but for the sequence numbers of the session."""
    message = Message("m-1", Channel.SMS, "+34600000123", "", LONG, mark=MARK)
    raw = line.courier.prepared(message).raw
    units = [pdus.read(each) for each in pdus.cut(raw)]
    assert {unit.command for unit in units} == {"submit_sm"}
    assert {unit.sequence for unit in units} == {0}
    assert line.courier.prepared(message).raw == raw


def test_answers_find_who_asked_in_any_order(line: Line) -> None:
    """Several are outstanding at once, the first answered last, and each gets its own id."""
    line.smsc.script({"id": "slow", "delay": 400}, *({"id": f"quick-{n}"} for n in range(4)))
    with ThreadPoolExecutor(5) as pool:
        slow = pool.submit(line.send, "uno")
        line.smsc.submitted()
        begun = time.monotonic()
        quick = list(pool.map(lambda n: line.send(f"texto {n}").reference, range(4)))
        assert time.monotonic() - begun < 0.35
        assert slow.result().reference == "slow"
    assert sorted(quick) == [f"quick-{n}" for n in range(4)]


def test_no_more_are_outstanding_than_the_window(smsc: NodeSmsc) -> None:
    """With a window of 2, three messages take two rounds of the SMSC's slowness."""
    line = Line(smsc, window=2)
    smsc.script(*[{"delay": 300}] * 3)
    begun = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(line.send, ["a", "b", "c"]))
    line.session.stop(1)
    assert time.monotonic() - begun >= 0.6


def test_no_more_leave_a_second_than_the_rate(smsc: NodeSmsc) -> None:
    """At ten a second, six messages take half a second at least, whoever sends them."""
    line = Line(smsc, rate=10)
    line.send()
    begun = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(line.send, "abcdef"))
    line.session.stop(1)
    assert time.monotonic() - begun >= 0.5


@pytest.mark.parametrize("status", [0x58, 0x14])
def test_throttled_it_waits_and_goes_again(line: Line, status: int) -> None:
    """ESME_RTHROTTLED and ESME_RMSGQFUL: nothing was taken, so the same PDU goes again after a pause."""
    line.smsc.script({"status": status}, {"status": status})
    receipt = line.send()
    assert receipt.outcome is Outcome.ACCEPTED
    assert len(line.smsc.submitted(3)) == 3


def test_throttled_for_longer_than_its_patience_it_was_not_sent(line: Line) -> None:
    """It is the task that tries again, later."""
    line.smsc.script(*[{"status": 0x58}] * 20)
    receipt = line.send()
    assert receipt.outcome is Outcome.NOT_SENT
    assert "RTHROTTLED" in receipt.detail


def test_a_number_that_the_smsc_refuses_is_refused_for_good(line: Line) -> None:
    """ESME_RINVDSTADR at the first part: its class and name in words, and no other part leaves."""
    line.smsc.script({"status": 0x0B})
    receipt = line.send(LONG)
    assert (receipt.outcome, receipt.parts) == (Outcome.REFUSED, ())
    assert "UNKNOWN_NUMBER: ESME_RINVDSTADR" in receipt.detail
    line.smsc.submitted()
    assert line.smsc.quiet("submit", 0.3)


@pytest.mark.parametrize("act", [{"drop": True}, {"silent": True}])
def test_without_an_answer_nobody_knows_and_nothing_goes_again(line: Line, act: dict[str, Any]) -> None:
    """The session lost, or silence after submit_sm: UNKNOWN, and only one ever left."""
    line.smsc.script(act)
    receipt = line.send()
    assert (receipt.outcome, receipt.parts) == (Outcome.UNKNOWN, ())
    line.smsc.submitted()
    assert line.smsc.quiet("submit", 0.5)


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        ({"status": 0x0B}, Outcome.REFUSED),
        ({"silent": True}, Outcome.UNKNOWN),
        ({"status": 8}, Outcome.UNKNOWN),
    ],
)
def test_a_part_that_fails_after_another_left_spoils_the_whole(
    line: Line, act: dict[str, Any], outcome: Outcome
) -> None:
    """Refused: refused. Silent, or not taken: UNKNOWN. Never sent again; and the part's own name stands for
    nobody's, so that receipts of the others never make the whole delivered."""
    line.smsc.script({"id": "one"}, act)
    receipt = line.send("a" * 300)
    assert receipt.outcome is outcome
    assert receipt.parts == ("one", f"{MARK}-2")
    assert receipt.detail.startswith("part 2 of 2")


def test_without_an_smsc_nothing_leaves(program: Path) -> None:
    """A ConnectionError, within the patience; once it is there the session binds by itself."""
    smsc = NodeSmsc(program)
    smsc.kill()
    line = Line(smsc)
    with pytest.raises(ConnectionError):
        line.send()
    smsc.start()
    smsc.next("bind")
    assert line.send().outcome is Outcome.ACCEPTED
    line.session.stop(1)
    smsc.kill()


def test_a_bind_that_is_refused_is_tried_again(smsc: NodeSmsc) -> None:
    """Nothing leaves meanwhile, and the password is in no error."""
    smsc.tell("rules", bind=0x0E)
    line = Line(smsc)
    with pytest.raises(ConnectionError) as caught:
        line.send()
    assert "secret" not in repr(caught.value)
    smsc.tell("rules", bind=0)
    eventually(lambda: any(each["event"] == "bind" for each in smsc.events))
    assert line.send().outcome is Outcome.ACCEPTED
    line.session.stop(1)


@pytest.mark.parametrize("way", ["kill", "drop", "unbind"])
def test_a_lost_session_is_bound_anew(line: Line, way: str) -> None:
    """The SMSC killed and restarted, a broken connection, an unbind: the next message goes."""
    line.send()
    line.smsc.next("bind")
    if way == "kill":
        line.smsc.kill()
        line.smsc.start()
    else:
        line.smsc.tell(way)
    line.smsc.next("bind")
    assert line.send("otro").outcome is Outcome.ACCEPTED


def test_silence_is_asked_after_and_a_dead_session_given_up(smsc: NodeSmsc) -> None:
    """enquire_link after the silence that is set; without an answer the session is bound anew."""
    line = Line(smsc, more={"enquire": 0.6, "timeout": 0.6})
    line.session.start()
    smsc.next("bind")
    smsc.next("enquire_link")
    smsc.tell("rules", mute=True)
    smsc.next("bind")
    line.session.stop(1)


def test_the_smsc_may_ask_whether_we_are_there(line: Line) -> None:
    line.session.start()
    line.smsc.next("bind")
    line.smsc.tell("enquire", tag=1)
    assert line.smsc.next("alive")["tag"] == 1


def test_stopping_lets_answers_come_and_unbinds(smsc: NodeSmsc) -> None:
    """Whoever waits gets the answer; afterwards nothing leaves."""
    line = Line(smsc)
    smsc.script({"delay": 400})
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(line.send)
        smsc.submitted()
        line.session.stop(2)
        assert sent.result().outcome is Outcome.ACCEPTED
    smsc.next("unbind")
    with pytest.raises(ConnectionError):
        line.send()


def test_a_receipt_is_a_report_with_the_operators_own_time(line: Line) -> None:
    """Its id, state and instant (Madrid's, without offset), and every octet of the PDU."""
    line.session.start()
    line.smsc.next("bind")
    assert line.smsc.receipt("smsc-7", done="261125123015") == 0
    [report] = line.taken
    assert (report.kind, report.reference, report.provider) == (ReportKind.DELIVERED, "smsc-7", "Operadora")
    assert report.at == datetime(2026, 11, 25, 11, 30, 15, tzinfo=UTC)
    assert pdus.read(report.raw).text("short_message").startswith("id:smsc-7 sub:001")
    assert (report.media_type, dict(report.details)["state"]) == (pdus.UNIT, "DELIVRD")


@pytest.mark.parametrize(
    ("state", "error", "more", "kind", "failure"),
    [
        ("UNDELIV", "027", {}, ReportKind.FAILED, Failure.PHONE_OFF),
        ("UNDELIV", "001", {}, ReportKind.FAILED, Failure.UNKNOWN_NUMBER),
        ("EXPIRED", "999", {}, ReportKind.FAILED, Failure.OTHER),
        ("REJECTD", "000", {"network_error_code": "03001b"}, ReportKind.FAILED, Failure.PHONE_OFF),
        ("ENROUTE", "027", {}, ReportKind.DELAYED, None),
        ("ACCEPTD", "000", {}, ReportKind.SENT, None),
        ("UNKNOWN", "000", {}, ReportKind.DELAYED, None),
        ("EXPIRED", "000", {"esm_class": 0x20}, ReportKind.DELAYED, None),
    ],
)
def test_states_and_reasons(
    line: Line, state: str, error: str, more: dict[str, Any], kind: ReportKind, failure: Failure | None
) -> None:
    """Final ones and those on the way, with their class; what the SMSC does not know decides nothing."""
    line.session.start()
    line.smsc.next("bind")
    assert (
        line.smsc.deliver(
            **{"esm_class": 4} | more, short_message=f"id:9 stat:{state} err:{error} done date:2611251230"
        )
        == 0
    )
    [report] = line.taken
    assert (report.kind, report.failure) == (kind, failure)


def test_a_receipt_by_optional_parameters_alone(line: Line) -> None:
    """receipted_message_id and message_state say it without any text; it happened when it came."""
    line.session.start()
    line.smsc.next("bind")
    assert (
        line.smsc.deliver(esm_class=4, short_message="", receipted_message_id="tlv-1", message_state=2) == 0
    )
    [report] = line.taken
    assert (report.kind, report.reference, report.at) == (ReportKind.DELIVERED, "tlv-1", NOW)


@pytest.mark.parametrize(
    ("ids", "answered", "told"),
    [("decimal_to_hex", "0001E240", "123456"), ("hex_to_decimal", "123456", "1E240")],
)
def test_ids_that_the_smsc_writes_in_two_ways(smsc: NodeSmsc, ids: str, answered: str, told: str) -> None:
    """Hexadecimal in one place and decimal in the other are one message."""
    line = Line(smsc, ids=ids)
    smsc.script({"id": answered})
    receipt = line.send()
    assert smsc.receipt(told) == 0
    assert smsc.deliver(esm_class=4, short_message="", receipted_message_id=answered, message_state=2) == 0
    line.session.stop(1)
    assert {each.reference for each in line.taken} == {*receipt.parts}


@pytest.mark.parametrize("error", [GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE), RuntimeError("anything")])
def test_a_receipt_that_cannot_be_kept_comes_again(line: Line, error: Exception) -> None:
    """ESME_RX_T_APPN, whatever the error was, and the session lives on."""
    line.session.start()
    line.smsc.next("bind")
    line.refuse.append(error)
    assert line.smsc.receipt("smsc-1") == 0x64
    assert line.smsc.receipt("smsc-1") == 0
    assert len(line.taken) == 1


def test_a_text_that_looks_like_a_receipt_proves_nothing(line: Line) -> None:
    """Anybody can write one from a telephone: only what the SMSC marks as a receipt is one."""
    line.session.start()
    line.smsc.next("bind")
    assert line.smsc.deliver(esm_class=0, short_message="id:smsc-1 stat:DELIVRD err:000") == 0
    assert line.smsc.deliver(esm_class=4, short_message="nothing that could be read") == 0x65
    assert not line.taken


def test_what_is_no_smpp_ends_the_session_and_another_begins(line: Line) -> None:
    """A length that no PDU has: nothing of it is believed."""
    line.session.start()
    line.smsc.next("bind")
    line.smsc.tell("raw", octets="ffffffff0000000100000000000000ff")
    line.smsc.next("bind")
    assert line.send().outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "octets",
    [
        # A vendor's own command, an alert, and a deliver_sm whose body ends in the middle.
        "00000014000102030000000000000007" + "00000000",
        "00000013000001020000000000000008" + "010203",
        "00000014000000050000000000000009" + "ffffffff",
    ],
)
def test_what_cannot_be_read_is_answered_and_the_session_lives(line: Line, octets: str) -> None:
    """Else it would come again with every bind, for ever."""
    line.session.start()
    line.smsc.next("bind")
    line.smsc.tell("raw", octets=octets)
    assert line.send().outcome is Outcome.ACCEPTED
    assert line.smsc.receipt("smsc-1") == 0
    assert not [each for each in line.smsc.events if each["event"] == "closed"]


@pytest.mark.parametrize(
    ("act", "kind", "names"),
    [
        ({"id": "late-1"}, ReportKind.SENT, ((1, "late-1"),)),
        ({"status": 0x0B}, ReportKind.FAILED, ()),
    ],
)
def test_an_answer_that_comes_too_late_is_told_by_our_own_mark(
    line: Line, act: dict[str, Any], kind: ReportKind, names: tuple[tuple[int, str], ...]
) -> None:
    """The message was called UNKNOWN; from now on receipts by the SMSC's id are known."""
    line.smsc.script(act | {"delay": 1400})
    assert line.send().outcome is Outcome.UNKNOWN
    eventually(lambda: line.taken)
    [report] = line.taken
    assert (report.kind, report.reference, report.names) == (kind, MARK, names)
    assert pdus.read(report.raw).command == "submit_sm_resp"


def test_many_silent_parts_cost_one_patience(line: Line) -> None:
    """All parts but the first are waited for together: a worker's lease is longer than that."""
    line.smsc.script({}, *[{"silent": True}] * 5)
    begun = time.monotonic()
    receipt = line.send("a" * 153 * 6)
    assert time.monotonic() - begun < 2
    assert (receipt.outcome, len(receipt.parts)) == (Outcome.UNKNOWN, 6)


def test_a_message_that_began_to_leave_leaves_whole_though_we_stop(line: Line) -> None:
    """Stopping between two parts would leave half a message, paid and unreadable."""
    line.smsc.script({"delay": 400}, {"delay": 200})
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(line.send, "a" * 300)
        line.smsc.submitted()
        line.session.stop(5)
        assert sent.result().outcome is Outcome.ACCEPTED
        assert len(sent.result().parts) == 2


def test_over_tls_with_the_certificate_checked(program: Path, tmp_path: Path) -> None:
    """A certificate that leads to nobody who is known lets nothing leave."""
    pki = tmp_path / "pki"
    devpki.create(pki, now=datetime.now(UTC), tls_names=["127.0.0.1"])
    smsc = NodeSmsc(program, (pki / "tls.key", pki / "tls.pem"))
    line = Line(smsc, more={"tls": ssl.create_default_context(cafile=pki / "ca.pem")})
    assert line.send().outcome is Outcome.ACCEPTED
    line.session.stop(1)
    stranger = Line(smsc, more={"tls": ssl.create_default_context()})
    with pytest.raises(ConnectionError):
        stranger.send()
    stranger.session.stop(1)
    smsc.kill()


def test_threads_share_one_session(line: Line) -> None:
    """Whoever sends first opens it; forty messages of eight threads go through one bind."""
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: line.send(f"texto {n}").outcome, range(40)))
    assert set(sent) == {Outcome.ACCEPTED}
    line.smsc.submitted(40)
    assert sum(each["event"] == "bind" for each in line.smsc.events) == 1
    assert sum(each.name == "smpp" for each in threading.enumerate()) == 3
