"""The relay as configured, and one SMTP session with it up to an answer for the envelope.

It decides nothing about outcomes: it raises smtplib's and the socket's errors as they are.
"""

import smtplib
import ssl
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

MARK = "{mark}"


class Security(Enum):
    """How the session is protected: not at all (loopback), by STARTTLS, or by TLS from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Relay:
    """One SMTP server. `timeout` is in seconds, for each step; a session is used for `session_life` seconds
    and `session_messages` mails at most.

    `direct` declares that this server is the MX of the recipients' domains: its 250 proves availability.
    `bounces` is the envelope sender, as `return_path` reads it; empty: `sender`.
    `ca_file` replaces the system's trust for the relay's certificate.
    """

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = ""
    timeout: float = 30.0
    hostname: str = "localhost"
    bounces: str = ""
    direct: bool = False
    ca_file: Path | None = None
    session_life: float = 300.0
    session_messages: int = 100

    def __repr__(self) -> str:
        return f"Relay({self.name})"

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    def envelope_sender(self, mark: str) -> str:
        return return_path(self.bounces, mark) if self.bounces else self.sender


def return_path(bounces: str, mark: str) -> str:
    """The envelope sender of one message: `{mark}` in the setting becomes its mark (VERP), so that whatever
    comes back names the message, however badly it is written."""
    return bounces.replace(MARK, mark)


def connect(relay: Relay) -> smtplib.SMTP:
    """A greeted, protected and authenticated session. Raises OSError or smtplib.SMTPException."""
    session = _open(relay)
    try:
        if relay.security is Security.STARTTLS:
            session.starttls(context=_context(relay))
        session.ehlo_or_helo_if_needed()
        if relay.user:
            session.login(relay.user, relay.password)
    except BaseException:
        session.close()
        raise
    return session


def protection(session: smtplib.SMTP) -> str:
    """The version of TLS and its cipher, as evidence tells them; `none` in clear."""
    socket = session.sock
    if not isinstance(socket, ssl.SSLSocket):
        return "none"
    cipher = socket.cipher()
    return f"{socket.version()} {cipher[0] if cipher else ''}".strip()


def _open(relay: Relay) -> smtplib.SMTP:
    # The name is given, since smtplib would else ask the DNS for this machine's.
    if relay.security is Security.TLS:
        return smtplib.SMTP_SSL(
            relay.host, relay.port, relay.hostname, timeout=relay.timeout, context=_context(relay)
        )
    return smtplib.SMTP(relay.host, relay.port, relay.hostname, timeout=relay.timeout)


def _context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=relay.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
