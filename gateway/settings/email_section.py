"""The section of e-mail: the relay, how sessions with it are protected, and what names and signs a mail."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.values import key

MAILBOX = r"[^@\s]+@[^@\s]+"


@dataclass(frozen=True, slots=True)
class EmailSection:
    """E-mail to recipients."""

    channel: str = key("console", v.choice("console", "smtp"), "`console` is for development only.")
    host: str = key("localhost", v.text, "The relay.")
    port: int = key("587", v.integer(1, 65535), "Its port.")
    security: str = key("starttls", v.choice("none", "starttls", "tls"), "How the session is protected.")
    user: str = key("", v.optional_text, "Login; empty: none.")
    password_file: Path | None = key("", v.optional_path, "File (0600) with the login's password.")
    sender: str = key("avisos@localhost", v.matching(MAILBOX, "a mailbox"), "From.")
    bounces: str = key(
        "", v.optional_text, "Envelope sender; {mark} becomes the message's mark (VERP); empty: sender."
    )
    hostname: str = key("localhost", v.text, "Our name in EHLO.")
    timeout: timedelta = key("30s", v.duration, "Longest wait for each answer.")
    direct: bool = key("no", v.flag, "The relay is the recipients' own MX: its 250 proves delivery.")
    ca_file: Path | None = key("", v.optional_path, "Roots for the relay's certificate; empty: the system's.")
    largest: int = key("20 MiB", v.size, "What a certified mail may weigh, encoded; more is refused at once.")
    session_life: timedelta = key("5m", v.duration, "How long one session with the relay is used.")
    session_messages: int = key("100", v.integer(1, 10_000), "Mails in one session; 1: each in its own.")
    dkim_key: Path | None = key("", v.optional_path, "Private key that signs mail (PEM, 0600); empty: none.")
    dkim_selector: str = key(
        "", v.optional_text, "Name of the key in the DNS: <selector>._domainkey.<domain>."
    )
    dkim_domain: str = key("", v.optional_text, "Domain that signs; empty: that of the sender.")
