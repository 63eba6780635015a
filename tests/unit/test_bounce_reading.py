"""Reading what comes back by mail: every kind by its own words, and nothing at all that could break it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.bounces.incoming import Incoming
from gateway.adapters.bounces.reading import answered, report
from gateway.adapters.bounces.return_paths import ReturnPaths
from gateway.domain.delivery import Channel
from gateway.domain.mail_status import reason
from gateway.domain.reports import Failure, Report, ReportKind
from tests.bounce_samples import ADDRESS, EXPECTED, MARK, mail, sender

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def read(name: str, octets: bytes = b"", now: datetime = NOW) -> Report:
    return report(Incoming.read(octets or mail(name), sender(name)), MARK, ADDRESS, now)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_sample_says_what_it_says(name: str) -> None:
    """Kind, reason and details of each; it names the message, and is kept as it came."""
    kind, failure, details = EXPECTED[name]
    found = read(name)
    assert (found.kind, found.failure) == (kind, failure)
    assert details.items() <= dict(found.details).items()
    assert (found.channel, found.reference, found.media_type) == (Channel.EMAIL, MARK, "message/rfc822")
    assert found.raw == mail(name)
    assert ("automatic" in dict(found.details)) == ("automatic" in details)


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("sendmail_full", datetime(2026, 11, 25, 9, 0, 9, tzinfo=UTC)),
        ("gmail_unknown", datetime(2026, 11, 25, 9, 0, 9, tzinfo=UTC)),
        ("postfix_unknown", datetime(2026, 11, 25, 9, 0, 7, tzinfo=UTC)),
        ("qmail", datetime(2026, 11, 25, 9, 0, 10, tzinfo=UTC)),
        ("arf_abuse", datetime(2026, 11, 25, 10, 30, tzinfo=UTC)),
    ],
)
def test_the_time_is_the_tellers_with_its_zone(name: str, at: datetime) -> None:
    """The last attempt, else the mail's own date; in UTC."""
    assert read(name).at == at


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Wed, 25 Nov 1970 10:00:00 +0000", "99 Foo 2026 25:61:00 +9999"]
)
def test_a_date_that_nobody_believes_is_our_own(date: str) -> None:
    """Missing, malformed or of another age: the instant is when it came."""
    octets = mail("person").replace(b"Wed, 25 Nov 2026 11:00:10 +0100", date.encode())
    assert read("person", octets).at == NOW
    assert read("person", now=NOW + timedelta(days=90)).at == NOW + timedelta(days=90)


def test_the_same_mail_by_another_way_is_the_same() -> None:
    """What relays write on top does not make two of it; anything else does."""
    twice = b"Received: from a by b;\r\n\tWed, 25 Nov 2026 10:00:00 +0100\r\nReturn-Path: <>\r\n" + mail(
        "qmail"
    )
    assert read("qmail", twice).key == read("qmail").key
    assert read("qmail", mail("qmail") + b"more").key != read("qmail").key


def test_what_a_mail_answers_names_the_message() -> None:
    """Complaints name it in what they quote, answers in their headers, and strangers' mail names none."""
    assert answered(Incoming.read(mail("arf_abuse"))) == [MARK]
    assert answered(Incoming.read(mail("person"))) == [MARK]
    assert answered(Incoming.read(b"Subject: x\r\nIn-Reply-To: <a@b.example>\r\n\r\nx")) == []


@pytest.mark.parametrize(
    ("status", "words", "failure"),
    [
        ("5.1.1", "", Failure.UNKNOWN_ADDRESS),
        ("5.1.2", "Host or domain name not found", Failure.UNKNOWN_ADDRESS),
        ("5.2.1", "The email account that you tried to reach is disabled", Failure.UNKNOWN_ADDRESS),
        ("4.2.2", "", Failure.MAILBOX_FULL),
        ("5.0.0", "552 Mailbox quota exceeded", Failure.MAILBOX_FULL),
        ("", "El buzón de ana está lleno", Failure.MAILBOX_FULL),
        ("", "Se ha superado la cuota de almacenamiento", Failure.MAILBOX_FULL),
        ("", "550 Usuario desconocido", Failure.UNKNOWN_ADDRESS),
        ("", "La dirección indicada no existe", Failure.UNKNOWN_ADDRESS),
        ("5.3.4", "", Failure.CONTENT_BLOCKED),
        ("5.2.3", "", Failure.CONTENT_BLOCKED),
        ("5.7.26", "unauthenticated mail", Failure.CONTENT_BLOCKED),
        ("", "Mensaje rechazado: adjunto no permitido", Failure.CONTENT_BLOCKED),
        (
            "",
            "554 Service unavailable; Client host blocked using zen.spamhaus.example",
            Failure.CONTENT_BLOCKED,
        ),
        ("4.4.7", "delivery time expired", Failure.SERVER_UNAVAILABLE),
        ("", "retry timeout exceeded", Failure.SERVER_UNAVAILABLE),
        ("", "Tiempo de espera agotado", Failure.SERVER_UNAVAILABLE),
        ("5.0.0", "no", Failure.OTHER),
        ("", "", Failure.OTHER),
        # An address in numbers is no status.
        ("", "host 5.1.1.1 said no", Failure.OTHER),
    ],
)
def test_reasons(status: str, words: str, failure: Failure) -> None:
    """Codes that say something decide; where they are vague the words do."""
    assert reason(status, words) is failure


def test_return_paths_are_known_in_any_case_and_no_other_address_is() -> None:
    """The mark comes out in small letters; what differs in one character is not ours."""
    paths = ReturnPaths("bounces+{mark}@b.example", ("fbl@b.example",))
    assert paths.mark(f"Bounces+{MARK.upper()}@B.example") == MARK
    for other in (
        f"bounces+{MARK}@c.example",
        f"bounces+{MARK}x@b.example",
        f"{MARK}@b.example",
        "",
        "bounces+@b.example",
    ):
        assert paths.mark(other) == ""
    assert paths.mark(f"bounces+{MARK}@bxexample") == ""
    assert paths.shared("FBL@b.example")
    assert not paths.shared(f"bounces+{MARK}@b.example")


HEADERS = st.sampled_from(
    [
        b"Content-Type: multipart/report; boundary=B",
        b'Content-Type: multipart/mixed; boundary="B"',
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/feedback-report",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/plain; charset=no-such-charset",
        b"Content-Type: text/plain; charset*=utf-8''%ff",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: x-uuencode",
        b"From: MAILER-DAEMON@x.example",
        b'From: =?utf-8?Q?=FF=FE?= <a@b>, "',
        b"Subject: Undelivered Mail Returned to Sender",
        b"Subject: =?x?B?AAAA?=",
        b"Date: Mon, 99 Foo 99999 99:99:99 +999999",
        b"Action: failed",
        b"Status: 5.1.1",
        b"Final-Recipient: rfc822; \xff\xfe@x",
        b"Original-Envelope-Id: +ZZ+41",
        b"Message-ID: <abcdefghijklmnopqrstuvwxyz234567@x>",
        b"Auto-Submitted: auto-replied",
        b"",
        b"--B",
        b"--B--",
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(HEADERS, st.binary(max_size=80)), max_size=40),
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
)
def test_nothing_breaks_the_reader(lines: list[bytes], end: bytes) -> None:
    """Whatever the octets are there is a report of them, fit to be kept, and it is a failure only of a
    message whose mark it does not contradict."""
    found = report(Incoming.read(end.join(lines)), MARK, ADDRESS, NOW)
    assert found.raw == end.join(lines)
    for name, value in found.details:
        assert name.isascii()
        assert "\x00" not in value
        value.encode("utf-8")
    assert (found.failure is not None) == (found.kind in {ReportKind.FAILED, ReportKind.DELAYED})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(EXPECTED)), st.integers(0, 4000), st.binary(max_size=20))
def test_no_damage_to_a_sample_breaks_the_reader(name: str, place: int, noise: bytes) -> None:
    """Cut, overwritten or garbled in the middle, it is still a report."""
    octets = mail(name)
    for damaged in (octets[:place], octets[:place] + noise + octets[place + len(noise) :]):
        assert report(Incoming.read(damaged), MARK, ADDRESS, NOW).raw == damaged


@pytest.mark.parametrize(
    "octets",
    [
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n" * 200_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(5000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"Subject: " + b"=?utf-8?Q?a?= " * 100_000 + b"\r\n\r\nx",
        b"From: " + b"<" * 300_000 + b"\r\n\r\nx",
        b"From: MAILER-DAEMON@x\r\nSubject: failure notice\r\n\r\n" + b"mailbox " * 100_000,
        b"In-Reply-To: " + b"<a@" * 100_000 + b"\r\n\r\nx",
        b"Received: x\r\n" + b"\t\r\n" * 100_000,
    ],
)
def test_no_mail_takes_long(octets: bytes) -> None:
    """Deep, wide and long ones are read in about the time that a person would not notice."""
    begin = datetime.now(UTC)
    incoming = Incoming.read(octets)
    report(incoming, MARK, ADDRESS, NOW)
    answered(incoming)
    assert datetime.now(UTC) - begin < timedelta(seconds=5)
