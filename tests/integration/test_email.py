"""The EMAIL channel against real SMTP servers on loopback: the octets that arrive, and every way to end."""

import email
import email.policy
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gateway.adapters.channels.email import EmailCourier, Relay, Security
from gateway.adapters.crypto import devpki
from gateway.domain.delivery import Attachment, Channel, Message, Outcome
from tests.relays import Closing

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW


class Mailroom:
    """An aiosmtpd handler that keeps what arrives and answers as told."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 2.0.0 Ok: queued as 4XyZ12") -> None:
        self.rcpt, self.data = rcpt, data
        self.received: list[Envelope] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        return self.data

    def mail(self) -> EmailMessage:
        (envelope,) = self.received
        octets = envelope.original_content
        assert octets is not None
        parsed = email.message_from_bytes(octets, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@contextmanager
def served(handler: Mailroom, **options: object) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    controller = Closing(handler, hostname="127.0.0.1", port=port, **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def courier(port: int, **options: object) -> EmailCourier:
    settings: dict[str, object] = {
        "sender": "avisos@gateway.example",
        "security": Security.NONE,
        "timeout": 5.0,
    }
    return EmailCourier(Relay("127.0.0.1", port, **settings | options), FixedClock())  # type: ignore[arg-type]


def message(**changes: object) -> Message:
    base: dict[str, object] = {
        "id": "e-0001",
        "channel": Channel.EMAIL,
        "address": "maria@example.com",
        "subject": "Contrato pendiente de firma",
        "text": "Hola, María.\n.\nUna línea con sólo un punto no acaba el mensaje.\n",
    }
    return Message(**base | changes)  # type: ignore[arg-type]


def test_a_relays_250_is_dispatch_only_and_the_octets_arrive_whole() -> None:
    """ACCEPTED carries the relay's words and queue id; text, HTML and attachment arrive unchanged."""
    room = Mailroom()
    with served(room) as port:
        receipt = courier(port).send(
            message(
                html="<p>Hola, María.</p>",
                sender_name='García & Hijos, S.A. "Banco"',
                attachments=(Attachment("señal.pdf", "application/pdf", b"%PDF-1.7\n.\n\x00\xff"),),
            )
        )
    assert (receipt.outcome, receipt.reference, receipt.at) == (Outcome.ACCEPTED, "4XyZ12", NOW)
    assert receipt.detail == "250 2.0.0 Ok: queued as 4XyZ12"
    mail = room.mail()
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == message().text.splitlines()
    assert html.get_content().strip() == "<p>Hola, María.</p>"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("señal.pdf", b"%PDF-1.7\n.\n\x00\xff")
    assert mail["From"].addresses[0].display_name == 'García & Hijos, S.A. "Banco"'
    assert mail["From"].addresses[0].addr_spec == "avisos@gateway.example"


def test_headers_are_stable_over_retries() -> None:
    """The Message-ID comes from the message's id and the Date from the clock, so a retry is recognised."""
    room = Mailroom()
    with served(room) as port:
        courier(port).send(message())
        courier(port).send(message())
    heads = [
        email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        for envelope in room.received
    ]
    assert {head["Message-ID"] for head in heads} == {"<e-0001@gateway.example>"}
    assert {head["Date"] for head in heads} == {"Sun, 22 Nov 2026 09:30:05 +0000"}
    assert heads[0]["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85"])
def test_no_text_injects_a_header(breaker: str) -> None:
    """Line breaks in subject, names and file names become spaces; no header and no recipient is added."""
    room = Mailroom()
    poison = f"x{breaker}Bcc: thief@example.net{breaker}{breaker}body"
    with served(room) as port:
        courier(port).send(
            message(
                subject=poison,
                sender_name=poison,
                id=f"id{breaker}X: y",
                attachments=(Attachment(poison, f"text/plain{breaker}X: y", b"a"),),
            )
        )
    mail = room.mail()
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert mail["Subject"].startswith("x Bcc:")
    assert room.received[0].rcpt_tos == ["maria@example.com"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "maria", "@example.com", "a b@example.com", "a@b@example.com", "a@example.com\r\nRCPT TO:<b@c.es>",
        "<a@example.com>", "a@example..com", "a@-", "a,b@example.com", ".a@example.com", "a" * 65 + "@b.es",
    ],
)  # fmt: skip
def test_a_bad_address_is_refused_before_any_session(address: str) -> None:
    """What is no mailbox is a final refusal, and no server is contacted (the port is closed)."""
    receipt = courier(9).send(message(address=address))
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.detail.startswith("the address is not valid")


def test_the_declared_mx_proves_delivery() -> None:
    """With `direct`, the 250 is the recipient's own MX speaking."""
    with served(Mailroom()) as port:
        assert courier(port, direct=True).send(message()).outcome is Outcome.DELIVERED


def test_the_message_id_is_the_reference_where_the_relay_names_none() -> None:
    """There is always something to look for in the relay's log."""
    with served(Mailroom(data="250 OK")) as port:
        assert courier(port).send(message()).reference == "<e-0001@gateway.example>"


def test_the_envelope_sender_can_carry_the_message() -> None:
    """VERP: a bounce names the message that bounced."""
    room = Mailroom()
    with served(room) as port:
        courier(port, bounces="bounces+{mark}@gateway.example").send(message())
    assert room.received[0].mail_from == "bounces+e-0001@gateway.example"


def test_international_addresses_need_smtputf8() -> None:
    """With the extension they travel as they are; without it they are refused; domains become IDNA."""
    room = Mailroom()
    with served(room, enable_SMTPUTF8=True) as port:
        receipt = courier(port).send(message(address="maría@correo-ñ.example"))
    assert receipt.outcome is Outcome.ACCEPTED
    assert room.received[0].rcpt_tos == ["maría@xn--correo--b0a.example"]
    assert room.received[0].smtp_utf8
    with served(Mailroom(), enable_SMTPUTF8=False) as port:
        refused = courier(port).send(message(address="maría@example.com"))
    assert refused.outcome is Outcome.REFUSED
    assert "SMTPUTF8" in refused.detail


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (Mailroom(rcpt="550 5.1.1 No such user"), "550 5.1.1 No such user"),
        (Mailroom(data="554 5.7.1 Blocked content"), "554 5.7.1 Blocked content"),
    ],
)
def test_5xx_is_a_final_refusal_with_the_relays_words(room: Mailroom, words: str) -> None:
    """An unknown user and blocked content end the message, in the relay's own words."""
    with served(room) as port:
        receipt = courier(port).send(message())
    assert (receipt.outcome, receipt.detail) == (Outcome.REFUSED, words)


@pytest.mark.parametrize(
    "room", [Mailroom(rcpt="450 4.2.1 Greylisted"), Mailroom(data="451 4.3.0 Try again later")]
)
def test_4xx_means_nothing_has_left(room: Mailroom) -> None:
    """A temporary answer may be tried again: ConnectionError with the reply's words."""
    with served(room) as port, pytest.raises(ConnectionError, match=r"45[01] 4\."):
        courier(port).send(message())


def test_no_server_means_nothing_has_left() -> None:
    """A refused connection is certain."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with pytest.raises(ConnectionError, match="ConnectionRefusedError"):
        courier(port).send(message())


# Hand-written peers, for what no decent server does.


class Peer(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP to take a message, then does `ending` with the socket."""

    def __init__(self, ending: Callable[[socket.socket], None], banner: str, stop_before: str) -> None:
        self.ending, self.banner, self.stop_before = ending, banner, stop_before
        super().__init__(("127.0.0.1", 0), PeerTalk)


class PeerTalk(socketserver.StreamRequestHandler):
    server: Peer

    def handle(self) -> None:
        self.wfile.write(self.server.banner.encode())
        for line in self.rfile:
            verb = line[:4].upper().decode()
            if verb == self.server.stop_before:
                return
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                return self.server.ending(self.request)
            self.wfile.write(b"250 ok\r\n")


def closes(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def stays_silent(connection: socket.socket) -> None:
    connection.settimeout(5)
    connection.recv(1)


@contextmanager
def peer(
    ending: Callable[[socket.socket], None] = closes, banner: str = "220 hi\r\n", stop_before: str = ""
) -> Iterator[int]:
    with Peer(ending, banner, stop_before) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("ending", [closes, stays_silent])
def test_no_answer_after_the_final_dot_is_unknown(ending: Callable[[socket.socket], None]) -> None:
    """A connection lost or silent between the dot and the reply proves neither sending nor its absence."""
    with peer(ending) as port:
        receipt = courier(port, timeout=0.5).send(message())
    assert receipt.outcome is Outcome.UNKNOWN
    assert receipt.detail.startswith("no answer after the message")


@pytest.mark.parametrize("stop_before", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_means_nothing_has_left(stop_before: str) -> None:
    """Wherever the session dies before the message, it may be tried again."""
    with peer(stop_before=stop_before) as port, pytest.raises(ConnectionError):
        courier(port).send(message())


def test_a_server_that_turns_everybody_away_is_no_refusal_of_the_recipient() -> None:
    """A 554 banner is the relay's state, not the mailbox's."""
    with peer(banner="554 no service\r\n") as port, pytest.raises(ConnectionError, match="554"):
        courier(port).send(message())


# TLS and login, with real certificates.


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("email") / "pki"
    devpki.create(folder, now=datetime.now(UTC), tls_names=["127.0.0.1"])
    return folder


def server_context(pki: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pki / "tls.pem", pki / "tls.key")
    return context


def only_ana(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ana", b"s3cret")
    return AuthResult(success=good, handled=False)


@pytest.mark.parametrize(("password", "works"), [("s3cret", True), ("wr0ng", False)])
def test_starttls_and_login(pki: Path, password: str, works: bool) -> None:
    """The password goes only over TLS; a wrong one sends nothing and is in no error."""
    room = Mailroom()
    options = {"tls_context": server_context(pki), "authenticator": only_ana, "auth_required": True}
    login = {"user": "ana", "password": password, "ca_file": pki / "ca.pem"}
    with served(room, require_starttls=True, **options) as port:
        sender = courier(port, security=Security.STARTTLS, **login)
        if works:
            assert sender.send(message()).outcome is Outcome.ACCEPTED
        else:
            with pytest.raises(ConnectionError, match="535") as caught:
                sender.send(message())
            assert password not in str(caught.value)
    assert len(room.received) == works


def test_a_relay_without_starttls_gets_nothing(pki: Path) -> None:
    """Security is never negotiated away."""
    room = Mailroom()
    with served(room) as port, pytest.raises(ConnectionError, match="STARTTLS"):
        courier(port, security=Security.STARTTLS, ca_file=pki / "ca.pem").send(message())
    assert room.received == []


def test_an_untrusted_certificate_gets_nothing(pki: Path) -> None:
    """Without the installation's own root the development certificate is nobody's."""
    room = Mailroom()
    with (
        served(room, tls_context=server_context(pki)) as port,
        pytest.raises(ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        courier(port, security=Security.STARTTLS).send(message())
    assert room.received == []


def test_tls_from_the_start(pki: Path) -> None:
    """Port 465's way, verified against the configured root."""
    room = Mailroom()
    with served(room, ssl_context=server_context(pki)) as port:
        receipt = courier(port, security=Security.TLS, ca_file=pki / "ca.pem").send(message())
    assert receipt.outcome is Outcome.ACCEPTED


def test_the_relays_secrets_show_nowhere() -> None:
    """A traceback that prints the relay prints no password."""
    assert "s3cret" not in repr(Relay("h", 25, "a@b.es", user="ana", password="s3cret"))
