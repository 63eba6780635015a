"""Mail octets: headers of any length and alphabet come back as they were given."""

import email
import email.policy
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.channels.email.compose import compose, one_line
from gateway.domain.delivery import Channel, Message

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
LONG_ID = "notice-8c1d6f0e-3f7a-4b67-a7c9-3a6de6f0a111-EMAIL.0"
SENDER = "avisos.certificados@pasarela-de-comunicaciones.example.com"


def composed(
    subject: str, name: str = "", text: str = "hola\n", html: str = ""
) -> tuple[bytes, EmailMessage]:
    message = Message(LONG_ID, Channel.EMAIL, "maria@example.com", subject, text, html, name)
    octets = compose(message, SENDER, "maria@example.com", NOW)
    parsed = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return octets, parsed


def test_long_headers_come_back_whole() -> None:
    """Subject, sender's name and Message-ID survive folding and encoding; no line is over its limit."""
    subject = "Aviso de Banco Ñandú: " + "contrato de préstamo, " * 8
    name = 'Compañía "Ibérica" de Financiación y Préstamos Rápidos, S.A. a través de Fehaciente'
    octets, mail = composed(subject, name, "x" * 3000 + "\n", "<p>" + "ñ" * 3000)
    assert mail["Subject"] == subject.strip()
    # The present parser of the library puts blanks between encoded words of a name; the older one does not.
    raw = email.message_from_bytes(octets, policy=email.policy.compat32)["From"]
    assert str(make_header(decode_header(raw))) == f"{name} <{SENDER}>"
    assert mail["Message-ID"] == f"<{LONG_ID}@pasarela-de-comunicaciones.example.com>"
    assert octets.endswith(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert octets.isascii()


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_text_changes_the_set_of_headers(subject: str, name: str) -> None:
    """Whatever an issuer is called and writes, the headers are ours and the body stays the body."""
    octets, mail = composed(subject, name)
    assert sorted(mail.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
         "Content-Transfer-Encoding", "MIME-Version"]
    )  # fmt: skip
    assert mail.get_content().strip() == "hola"
    assert mail["To"].addresses[0].addr_spec == "maria@example.com"
    assert [address.addr_spec for address in mail["From"].addresses] == [SENDER]
    assert b"\n" not in octets.replace(b"\r\n", b"")


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """No character that any reader takes for a line break is left."""
    assert len(one_line(text).splitlines()) <= 1
