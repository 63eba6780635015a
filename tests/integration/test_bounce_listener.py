"""The port that mail comes back to, spoken to by real LMTP and SMTP clients over sockets."""

import asyncio
import logging
import smtplib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from gateway.adapters.bounces.listener import BounceListener, Place
from gateway.adapters.bounces.return_paths import ReturnPaths
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.reports import Failure, Report, ReportKind, Taken
from tests.bounce_samples import ADDRESS, EXPECTED, MARK, mail, sender
from tests.courier_rows import free_port

BOX = f"bounces+{MARK}@bounces.example"
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class Kept:
    """What the use case would keep; it fails with what `errors` holds first."""

    reports: list[Report] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    gate: threading.Event | None = None

    def __call__(self, report: Report) -> Taken:
        if self.gate is not None:
            self.gate.wait(10)
        if self.errors:
            raise self.errors.pop(0)
        self.reports.append(report)
        return Taken.NEWS


def address_of(mark: str) -> str | None:
    if mark == "d" * 32:
        raise RuntimeError("the database is away")
    return ADDRESS if mark == MARK else None


@contextmanager
def listening(
    kept: Kept, protocol: str = "lmtp", port: int = 0, largest: int = 100_000
) -> Iterator[BounceListener]:
    place = Place("127.0.0.1", port or free_port(), protocol, "gateway.example", largest)
    paths = ReturnPaths("bounces+{mark}@bounces.example", ("fbl@gateway.example",))
    listener = BounceListener(place, paths, address_of, kept, FixedClock())
    listener.start()
    try:
        yield listener
    finally:
        listener.stop(5)


def client(listener: BounceListener) -> smtplib.SMTP:
    kind = smtplib.LMTP if listener.place.protocol == "lmtp" else smtplib.SMTP
    return kind("127.0.0.1", listener.port, "mx.example")


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_every_sample_comes_in_octet_by_octet(protocol: str) -> None:
    """By either protocol, many in one session, from the null sender too; each is told as it reads."""
    kept = Kept()
    with listening(kept, protocol) as listener, client(listener) as peer:
        for name in EXPECTED:
            peer.sendmail(sender(name), BOX, mail(name))
    assert [each.raw for each in kept.reports] == [mail(name) for name in EXPECTED]
    assert [each.kind for each in kept.reports] == [kind for kind, _, _ in EXPECTED.values()]
    assert {each.reference for each in kept.reports} == {MARK}


def test_only_messages_of_ours_have_a_mailbox() -> None:
    """Another domain, another form, a mark of no message: 550 before any octet; nothing is told of why."""
    kept = Kept()
    with listening(kept) as listener, client(listener) as peer:
        peer.ehlo_or_helo_if_needed()
        peer.mail("<>")
        for other in (
            f"bounces+{'a' * 32}@bounces.example",
            f"bounces+{MARK}@other.example",
            "root@bounces.example",
        ):
            assert peer.rcpt(other) == (550, b"5.1.1 there is no such mailbox")
        assert peer.rcpt(BOX.upper())[0] == 250
        # Each mail has one recipient, so that each has its own answer.
        assert peer.rcpt(BOX)[0] == 452
        assert peer.data(mail("postfix_unknown"))[0] == 250
    assert [each.failure for each in kept.reports] == [Failure.UNKNOWN_ADDRESS]


def test_a_complaint_names_the_message_by_what_it_quotes() -> None:
    """At a mailbox for all: the original's identifier decides; what names nothing is refused."""
    kept = Kept()
    with listening(kept) as listener, client(listener) as peer:
        peer.sendmail("abusedesk@isp.example", "fbl@gateway.example", mail("arf_abuse"))
        with pytest.raises(smtplib.SMTPDataError) as refused:
            peer.sendmail("a@b.example", "fbl@gateway.example", b"Subject: buy\r\n\r\nnow\r\n")
        assert refused.value.smtp_code == 550
    [told] = kept.reports
    assert (told.kind, told.reference) == (ReportKind.COMPLAINED, MARK)


def test_what_cannot_be_kept_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    """451 while it is not durable, whatever the reason, at RCPT and after DATA; no word of the reason leaves,
    and the log names nobody."""
    secret = "postgresql://ana:secret@db"
    kept = Kept(errors=[GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE), RuntimeError(secret)])
    with listening(kept) as listener, client(listener) as peer, caplog.at_level(logging.INFO, "gateway"):
        for _ in range(2):
            with pytest.raises(smtplib.SMTPDataError) as later:
                peer.sendmail("", BOX, mail("qmail"))
            assert (later.value.smtp_code, later.value.smtp_error) == (451, b"4.3.0 try again later")
        peer.mail("")
        assert peer.rcpt(f"bounces+{'d' * 32}@bounces.example") == (451, b"4.3.0 try again later")
        peer.rset()
        peer.sendmail("", BOX, mail("qmail"))
    assert len(kept.reports) == 1
    assert secret not in caplog.text
    assert MARK not in caplog.text


def test_too_large_is_refused_and_long_lines_are_not() -> None:
    """Beyond the limit 552, with nothing kept; a line of a hundred thousand octets is only bad style."""
    kept = Kept()
    with listening(kept, largest=300_000) as listener, client(listener) as peer:
        assert peer.sendmail("", BOX, b"Subject: x\r\n\r\n" + b"x" * 100_000 + b"\r\n") == {}
        with pytest.raises(smtplib.SMTPDataError) as refused:
            peer.sendmail("", BOX, b"Subject: x\r\n\r\n" + b"x\r\n" * 100_000, ["SIZE=10"])
        assert refused.value.smtp_code == 552
        with pytest.raises(smtplib.SMTPSenderRefused):
            peer.sendmail("", BOX, b"x\r\n" * 200_000)
    assert len(kept.reports) == 1


def test_a_peer_that_hangs_up_in_the_middle_leaves_nothing() -> None:
    """Half a mail is no mail; the next session is served, and dots are what they were."""
    kept = Kept()
    with listening(kept, "smtp") as listener:
        with client(listener) as peer:
            peer.ehlo()
            peer.mail("")
            peer.rcpt(BOX)
            peer.docmd("DATA")
            assert peer.sock is not None
            peer.sock.sendall(mail("qmail")[:200])
            peer.close()
        with client(listener) as peer:
            peer.sendmail("", BOX, b"Subject: x\r\n\r\n..\r\n.a\r\n")
    assert [each.raw for each in kept.reports] == [b"Subject: x\r\n\r\n..\r\n.a\r\n"]


def test_rubbish_ends_a_session_and_not_the_listener() -> None:
    """Commands that are none, octets that are no text, an endless line: then a real peer comes."""
    kept = Kept()
    with listening(kept) as listener:
        for rubbish in (
            b"\xff\xfe\x00\r\n" * 30,
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 20,
            b"x" * 2_000_000,
        ):
            with socket.create_connection(("127.0.0.1", listener.port)) as raw:
                raw.settimeout(5)
                try:
                    raw.sendall(rubbish)
                    raw.shutdown(socket.SHUT_WR)
                    while raw.recv(65536):
                        pass
                except OSError:
                    pass
        with client(listener) as peer:
            peer.sendmail("", BOX, mail("qmail"))
    assert len(kept.reports) == 1


def test_stopping_waits_for_what_is_being_kept() -> None:
    """The peer gets its 250 for what was under way; nobody new is let in; another may start at once."""
    kept, port = Kept(gate=threading.Event()), free_port()
    answers: list[object] = []
    with listening(kept, port=port) as listener:
        peer = client(listener)
        sending = threading.Thread(target=lambda: answers.append(peer.sendmail("", BOX, mail("qmail"))))
        sending.start()
        stopping = threading.Timer(0.3, lambda: kept.gate and kept.gate.set())
        stopping.start()
        # It is in there by now, or comes within the time that stopping waits.
        threading.Event().wait(0.2)
    sending.join(5)
    peer.close()
    assert answers == [{}]
    assert len(kept.reports) == 1
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 1)
    with listening(kept, port=port) as again, client(again) as peer:
        peer.sendmail("", BOX, mail("qmail"))


def test_two_processes_share_the_port_and_a_strangers_port_is_an_error() -> None:
    """Listeners of one machine stand beside each other; where another program listens, it says so at once."""
    kept, port = Kept(), free_port()
    with listening(kept, port=port), listening(kept, port=port) as second, client(second) as peer:
        peer.sendmail("", BOX, mail("qmail"))
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(GatewayError, match=str(port)) as refused,
        listening(kept, port=port),
    ):
        pass
    assert refused.value.kind is ErrorKind.CONFIGURATION


def test_it_starts_where_another_loop_runs() -> None:
    """Whoever starts it may be inside a loop of their own, as browsers' drivers are."""
    kept = Kept()

    async def begun() -> None:
        with listening(kept) as listener, client(listener) as peer:
            peer.sendmail("", BOX, mail("qmail"))

    # In a thread of its own, for the tests' may have such a loop already.
    with ThreadPoolExecutor(1) as other:
        other.submit(lambda: asyncio.run(begun())).result()
    assert len(kept.reports) == 1


def test_there_is_an_end_to_sessions() -> None:
    """Beyond a number of sessions a peer is told to come later, and comes in when another leaves."""
    kept = Kept()
    with listening(kept, "smtp") as listener:
        listener._open.most = 2
        held = [client(listener), client(listener)]
        with pytest.raises(smtplib.SMTPConnectError) as full:
            client(listener)
        assert full.value.smtp_code == 421
        held.pop().quit()
        with client(listener) as peer:
            peer.sendmail("", BOX, mail("qmail"))
        held.pop().quit()
    assert len(kept.reports) == 1
