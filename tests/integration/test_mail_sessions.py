"""Sessions with the relay are used again while they are good, and replaced before anything left."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.channels.email import EmailCourier, Relay, Security
from gateway.adapters.crypto import devpki
from gateway.domain.delivery import Channel, Message, NotTaken, Outcome
from tests.relays import MailServer

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
MARK = "k7" * 16


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer().serving() as server:
        yield server


def courier(server: MailServer, **more: object) -> EmailCourier:
    usual: dict[str, object] = {"sender": "avisos@gateway.example", "security": Security.NONE, "timeout": 5.0}
    return EmailCourier(Relay("127.0.0.1", server.port, **usual | more), FixedClock())  # type: ignore[arg-type]


def message(name: str = "e-1") -> Message:
    return Message(name, Channel.EMAIL, "ana@example.org", "Asunto", "Hola.\n", mark=MARK)


def test_one_session_carries_many_mails(server: MailServer) -> None:
    """Ten mails, one session."""
    sender = courier(server)
    for _ in range(10):
        assert sender.send(message()).outcome is Outcome.ACCEPTED
    assert (len(server.mails), len(server.sessions)) == (10, 1)


@pytest.mark.parametrize("limit", [{"session_messages": 2}, {"session_life": -1.0}])
def test_a_session_has_its_limits(server: MailServer, limit: dict[str, float]) -> None:
    """After so many mails, or so much time, the relay gets a QUIT and a new session."""
    sender = courier(server, **limit)
    for _ in range(4):
        sender.send(message())
    assert len(server.sessions) == (2 if "session_messages" in limit else 4)


def test_a_refusal_does_not_spoil_the_session(server: MailServer) -> None:
    """The next mail starts from a clean envelope in the same session."""
    sender = courier(server)
    sender.send(message())
    server.recipients.append("550 5.1.1 No such user")
    assert sender.send(message()).outcome is Outcome.REFUSED
    sender.send(message())
    assert len(server.sessions) == 1
    assert all(each.rcpt_tos == ["ana@example.org"] for each in server.envelopes)


def test_a_relay_that_was_started_again_gets_a_new_session(server: MailServer) -> None:
    """The session died with the relay: that is found out before anything left, and nobody is troubled."""
    sender = courier(server)
    sender.send(message())
    server.stop()
    with pytest.raises(NotTaken):
        sender.send(message())
    server.start()
    assert sender.send(message()).outcome is Outcome.ACCEPTED
    server.stop()
    server.start()
    assert sender.send(message()).outcome is Outcome.ACCEPTED
    assert len(server.mails) == 3


def test_a_session_whose_fate_is_unknown_is_used_no_more(server: MailServer) -> None:
    """The relay died over a mail: UNKNOWN, and the next mail goes by another session."""
    sender = courier(server)
    sender.send(message())
    server.drops = 1
    assert sender.send(message()).outcome is Outcome.UNKNOWN
    assert sender.send(message()).outcome is Outcome.ACCEPTED
    assert (len(server.mails), len(server.sessions)) == (2, 2)


def test_threads_share_sessions_and_mix_nothing_up(server: MailServer) -> None:
    """Eight threads, forty mails: as many sessions as threads at most, every mail once."""
    sender = courier(server)
    names = [f"e-{number}" for number in range(40)]

    def work(mine: list[str]) -> None:
        for name in mine:
            sender.send(replace(message(name), mark="", text=f"{name}\n"))

    threads = [threading.Thread(target=work, args=(names[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.sessions) <= 8
    assert sorted(mail.split(b"\r\n\r\n")[1].strip().decode() for mail in server.mails) == sorted(names)


def test_what_is_kept_is_what_leaves(server: MailServer) -> None:
    """The octets that were prepared arrive as they are; return path, Message-ID and ENVID bear the mark."""
    sender = courier(server, bounces="rebotes+{mark}@gateway.example")
    prepared = sender.prepared(message())
    assert sender.prepared(message()) == prepared
    assert prepared.raw_type == "message/rfc822"
    receipt = sender.send(prepared)
    assert server.mails == [prepared.raw]
    assert server.envelopes[0].mail_from == f"rebotes+{MARK}@gateway.example"
    assert f"Message-ID: <{MARK}@gateway.example>".encode() in prepared.raw
    assert dict(receipt.details)["message_id"] == f"<{MARK}@gateway.example>"


def test_what_watches_a_mail_is_in_what_leaves() -> None:
    """The hook changes what is composed, and nothing of the message that is told of."""
    watched = EmailCourier(
        Relay("127.0.0.1", 9, "a@gateway.example", Security.NONE),
        FixedClock(),
        watched=lambda message: replace(message, html=message.html + "<i>watched</i>"),
    )
    prepared = watched.prepared(replace(message(), html="<p>Hola</p>"))
    assert b"<i>watched</i>" in prepared.raw
    assert prepared.html == "<p>Hola</p>"


@pytest.mark.parametrize(
    ("spoil", "code", "status", "failure"),
    [
        (
            lambda server: server.recipients.append("550 5.1.1 No such user"),
            "550",
            "5.1.1",
            "UNKNOWN_ADDRESS",
        ),
        (lambda server: server.recipients.append("552 5.2.2 Full"), "552", "5.2.2", "MAILBOX_FULL"),
        (lambda server: server.answers.append("554 5.7.1 Virus"), "554", "5.7.1", "CONTENT_BLOCKED"),
        (lambda server: server.answers.append("550 go away"), "550", None, "UNKNOWN_ADDRESS"),
        (lambda _: None, "250", "2.0.0", None),
    ],
)
def test_the_reply_is_told_as_evidence(
    server: MailServer,
    spoil: Callable[[MailServer], None],
    code: str,
    status: str | None,
    failure: str | None,
) -> None:
    """Relay, protection, code, enhanced status and what kind of failure that is."""
    spoil(server)
    told = dict(courier(server).send(message()).details)
    assert told["relay"] == f"127.0.0.1:{server.port}"
    assert told["tls"] == "none"
    assert (told["reply_code"], told.get("reply_status"), told.get("failure")) == (code, status, failure)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mail-sessions") / "pki"
    devpki.create(folder, now=datetime.now(UTC), tls_names=["127.0.0.1"])
    return folder


def context(pki: Path, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(pki / "tls.pem", pki / "tls.key")
    if newest:
        made.maximum_version = newest
    return made


def test_evidence_tells_the_protection(pki: Path) -> None:
    """Version of TLS and cipher, as they were negotiated; the session is used again under it."""
    with MailServer(options={"tls_context": context(pki)}).serving() as server:
        sender = courier(server, security=Security.STARTTLS, ca_file=pki / "ca.pem")
        told = [dict(sender.send(message()).details)["tls"] for _ in range(2)]
    assert told[0].startswith("TLSv1.3 TLS_")
    assert told == [told[0]] * 2
    assert len(server.sessions) == 1


def test_old_tls_gets_nothing(pki: Path) -> None:
    """A relay that knows nothing newer than TLS 1.1 is not spoken to."""
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old = context(pki, ssl.TLSVersion.TLSv1_1)
    with MailServer(options={"tls_context": old}).serving() as server:
        sender = courier(server, security=Security.STARTTLS, ca_file=pki / "ca.pem")
        with pytest.raises(NotTaken):
            sender.send(message())
    assert server.mails == []
