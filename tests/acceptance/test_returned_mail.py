"""What comes back by mail where a relay stands between, or a process dies: never lost, nor overrated."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.bootstrap.bounces import returned_mail
from gateway.domain.delivery import Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.alerts.choose import ChooseAlerts
from scripts.installation import Installation, until
from tests.bounce_samples import mail, sender
from tests.house import BANK
from tests.mail_samples import ANA, UNWATCHED, Mail
from tests.orders import order
from tests.relays import MailServer, free_port

LOOP = "fbl@gateway.example"


@dataclass
class Returns:
    """A house whose mail leaves by SMTP, and comes back by LMTP at `port`."""

    folder: Path
    port: int = field(default_factory=free_port)
    out: Mail = field(init=False)

    def __post_init__(self) -> None:
        more = f"[bounces]\nprotocol = lmtp\nport = {self.port}\nalso = {LOOP}\n"
        self.out = Mail(self.folder, more=UNWATCHED + more)

    @contextmanager
    def open(self) -> Iterator["Returns"]:
        house = self.out.house
        [listener] = returned_mail(house.settings, house.tech, house.system.channels.receive)
        with self.out.server.serving():
            listener.start()
            try:
                yield self
            finally:
                listener.stop(5)
                house.close()

    def sent(self, service: str = "COMMUNICATION", octets: bytes = b"") -> str:
        guid = self.out.house.submit(octets or order(ANA, service=service)).guid
        self.out.house.drain()
        return guid

    def back(self, name: str, to: str = "", place: int = 0) -> None:
        """The mail server hands in what its peer said of a mail, at the envelope sender that the mail had."""
        path = self.out.server.envelopes[place].mail_from or ""
        deliver(self.port, name, path, to)
        self.out.house.drain()

    def one(self, guid: str, kind: str) -> dict[str, str]:
        [event] = [each for each in self.out.house.events(guid) if each.kind == kind]
        return dict(event.details)

    def over(self, guid: str) -> tuple[int, int]:
        self.out.over()
        return self.out.house.state(guid)


def deliver(port: int, name: str, path: str, to: str = "") -> None:
    with smtplib.LMTP("127.0.0.1", port, "mx.example") as peer:
        peer.sendmail(sender(name), to or path, about(name, path))


def about(name: str, path: str) -> bytes:
    """The sample, about the mail that had this envelope sender."""
    return mail(name, path.partition("+")[2].partition("@")[0], ANA.email)


@pytest.fixture
def returns(tmp_path: Path) -> Iterator[Returns]:
    """A relay stands between us and the recipients: its 250 proves dispatch."""
    with Returns(tmp_path).open() as found:
        yield found


@pytest.mark.parametrize("name", ["postfix_unknown", "qmail", "yahoo"])
def test_a_communication_that_bounces_ends_as_not_received(returns: Returns, name: str) -> None:
    """The failure is told at once, kept whole and sealed, whatever its form; the end, 99903, in its time."""
    guid = returns.sent()
    house = returns.out.house
    assert house.state(guid)[0] == 4
    returns.back(name)
    told = returns.one(guid, "MESSAGE_FAILED")
    came = about(name, returns.out.server.envelopes[0].mail_from or "")
    assert (told["failure"], told["raw_sha256"]) == ("UNKNOWN_ADDRESS", sha256(came).hexdigest())
    with house.tech.database.read() as uow:
        [row], key = uow.reports.of(guid), uow.keys.get(guid)
    assert house.tech.vault.get(guid, key, row.raw_sha256) == came
    [failed] = [each for each in house.evidence(guid) if told["raw_sha256"].encode() in each.octets]
    assert b"Failure" in failed.octets
    assert house.state(guid)[0] == 4
    assert returns.over(guid) == (12, 99903)
    assert house.certificates(guid)


def test_a_notification_that_bounces_ends_at_once(returns: Returns) -> None:
    """Nobody is left to wait for: 99903 as soon as it is known."""
    guid = returns.sent("NOTIFICATION")
    returns.back("sendmail_full")
    assert returns.one(guid, "MESSAGE_FAILED")["failure"] == "MAILBOX_FULL"
    assert returns.out.house.state(guid) == (12, 99903)


def test_a_notification_of_delivery_proves_availability(returns: Returns) -> None:
    """Relayed and delayed move nothing; delivered does, whenever they come, and each counts once."""
    guid = returns.sent()
    house = returns.out.house
    returns.back("postfix_relayed")
    assert house.state(guid)[0] == 4
    for name in (
        "postfix_success",
        "postfix_delayed",
        "postfix_success",
        "postfix_delayed",
        "postfix_relayed",
    ):
        returns.back(name)
    assert house.state(guid)[0] == 5
    kinds = house.kinds(guid)
    assert [kinds.count(each) for each in ("MESSAGE_SENT", "DELIVERED", "MESSAGE_DELAYED")] == [1, 1, 1]
    assert returns.over(guid) == (12, 7)


def test_a_complaint_is_told_and_shows_that_it_arrived(returns: Returns) -> None:
    """By the mailbox of the complaint loop, named by what it quotes: an event, evidence, and no failure."""
    guid = returns.sent()
    returns.back("arf_abuse", to=LOOP)
    assert returns.one(guid, "MESSAGE_COMPLAINED")["feedback_type"] == "abuse"
    assert "ReceivedFromNonERDS" in returns.out.told(guid)
    assert returns.over(guid) == (12, 7)


def test_what_is_about_another_message_has_no_consequences(returns: Returns) -> None:
    """It is kept and told as such, and is neither a failure nor a sign of reception."""
    guid = returns.sent()
    returns.back("another_mark")
    assert returns.one(guid, "MESSAGE_REPLIED")["mismatch"] == "yes"
    assert "MESSAGE_FAILED" not in returns.out.house.kinds(guid)
    assert returns.over(guid) == (12, 99906)


def test_the_bounce_of_an_alert_is_an_event_and_no_more(returns: Returns) -> None:
    """What the issuer's own mailbox did not take moves nobody's process, and is no evidence of it."""
    house = returns.out.house
    choose = ChooseAlerts(house.tech.database, house.clock)
    choose.add(BANK.number, "avisos@bank.example")
    choose.turn(BANK.number, True)
    guid = returns.sent()
    state, told = house.state(guid), returns.out.told(guid)
    alerts = [each for each in returns.out.effects(guid) if each.purpose is Purpose.ALERT]
    assert alerts[0].position is None
    mark = house.tech.codes.message_mark(alerts[0].id)
    deliver(returns.port, "postfix_unknown", f"rebotes+{mark}@gateway.example")
    house.drain()
    assert returns.one(guid, "MESSAGE_FAILED")["effect"] == alerts[0].id
    assert (house.state(guid), returns.out.told(guid)) == (state, told)


def test_a_bounce_comes_again_until_it_is_kept(returns: Returns, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault fails once: 451 and no trace; the next time it is taken, once."""
    guid = returns.sent()
    vault, kept = returns.out.house.tech.vault, type(returns.out.house.tech.vault).put

    def full(*_: object) -> None:
        monkeypatch.setattr(type(vault), "put", kept)
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    monkeypatch.setattr(type(vault), "put", full)
    with pytest.raises(smtplib.SMTPDataError) as later:
        returns.back("qmail")
    assert later.value.smtp_code == 451
    assert "MESSAGE_FAILED" not in returns.out.house.kinds(guid)
    returns.back("qmail")
    assert returns.one(guid, "MESSAGE_FAILED")["failure"] == "UNKNOWN_ADDRESS"


@pytest.mark.timeout(300)
def test_kills_lose_no_bounce_and_double_none(tmp_path: Path) -> None:
    """`kill -9` of the process that takes them, right after a bounce has gone in and before its answer was
    read: what got 250 is there, what got none comes again, and each is told once."""
    back, server = free_port(), MailServer()
    made = Installation(tmp_path / "gateway", free_port())
    for section, key, value in (
        ("email", "channel", "smtp"),
        ("email", "host", "127.0.0.1"),
        ("email", "port", str(server.port)),
        ("email", "security", "none"),
        ("email", "sender", "avisos@gateway.example"),
        ("email", "bounces", "rebotes+{mark}@gateway.example"),
        ("bounces", "protocol", "lmtp"),
        ("bounces", "port", str(back)),
    ):
        made.setting(section, key, value)
    made.create()
    with server.serving():
        process = made.start("serve")
        try:
            made.wait_until_ready(process)
            with made.client() as client:
                guids = [client.submit(order(ANA, service="COMMUNICATION")).guid for _ in range(6)]
            until(lambda: len(server.envelopes) == len(guids) or None, 60)
            for place, envelope in enumerate(server.envelopes):
                path = envelope.mail_from or ""
                if place % 2 == 0:
                    unanswered(back, path)
                    process.kill()
                    process.wait()
                    process = made.start("serve")
                    made.wait_until_ready(process)
                deliver(back, "qmail", path)
            with made.client() as client:
                kinds = [[each.kind for each in client.events(guid)] for guid in guids]
        finally:
            process.kill()
            process.wait()
    assert [each.count("MESSAGE_FAILED") for each in kinds] == [1] * len(guids)


def unanswered(port: int, path: str) -> None:
    """A whole mail goes in, and nobody waits for the answer."""
    peer = smtplib.LMTP("127.0.0.1", port, "mx.example")
    peer.ehlo_or_helo_if_needed()
    peer.mail("<>")
    peer.rcpt(path)
    peer.docmd("DATA")
    assert peer.sock is not None
    peer.sock.sendall(about("qmail", path) + b"\r\n.\r\n")
    peer.close()
